"""Servers that run already: connections and nothing else."""

import copy
import shlex
import subprocess

import pytest

from blueprint.hosts.identity import host_in
from tests.support.recording import LOCAL_COMMAND, REMOTE_COMMAND, UPLOAD, Secret, opened, texts_in
from tests.support.stacks import raw_cluster

KEYS = {
    "server1": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6wawdZ07zYPuW1dbKhn/wTGNA4iiti3pmV+l091Vrw",
    "server2": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPZ8nFfKSyc1DC56sVFF7UGSn8j7ICMSAUjgZSNb0ALM",
}
BASTION_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPw532/fcMNzQhJHtpYz7axCYTUw7QUxgxOyYeHSkyTP"
ADDRESSES = {"server1": "192.0.2.11", "server2": "192.0.2.12"}


def with_hosts(servers=({}, {}), **changes):
    raw = copy.deepcopy(raw_cluster("hosts"))
    raw["hosts"] |= changes
    for server, further in zip(raw["hosts"]["servers"], servers, strict=True):
        server.update(further)
    return raw


@pytest.fixture(scope="session")
def key_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("login") / "key"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "of-a-test", "-f", path]
    subprocess.run(words, check=True)
    return path


@pytest.fixture
def by_file(record_settings, key_file):
    return record_settings(with_hosts(key={"source": "file", "path": str(key_file)}))


@pytest.fixture
def by_agent(record_settings):
    return record_settings(with_hosts())


@pytest.fixture
def behind_a_bastion(record_settings, key_file):
    bastion = {"address": "jump.example", "port": 2200, "user": "jump", "hostKey": BASTION_KEY}
    servers = ({"ssh": {"address": "10.9.9.1", "port": 2222, "user": "root"}}, {})
    key = {"source": "file", "path": str(key_file)}
    return record_settings(with_hosts(servers, key=key, bastion=bastion))


def over_ssh(recorded):
    found = recorded.of_type(REMOTE_COMMAND, UPLOAD)
    assert len(found) > 30
    return found


def host_of(resource):
    (identity,) = resource.inputs["triggers"]
    return host_in(identity)


def connection_of(resource):
    sealed = resource.inputs["connection"]
    assert isinstance(sealed, Secret), resource.name
    return sealed.value


def test_no_machine_is_created_and_only_the_password_is_generated_here(by_file):
    assert [found.name for found in by_file.of_type(LOCAL_COMMAND)] == ["console-password-made"]
    assert by_file.children_of("rocketmq-tested") == {"hosts", "cluster"}
    assert by_file.children_of("hosts") == set()


def test_every_resource_connects_to_its_server_with_its_pinned_key(by_file):
    for resource in over_ssh(by_file):
        host = host_of(resource)
        connection = connection_of(resource)
        assert opened(connection["host"]) == ADDRESSES[host], resource.name
        assert opened(connection["hostKey"]) == KEYS[host], resource.name
        assert opened(connection["user"]) == "admin", resource.name
        assert "proxy" not in connection


def test_the_text_of_the_key_file_is_secret_and_its_path_is_not_an_input(by_file, key_file):
    body = key_file.read_text().splitlines()[1]
    seen = 0
    for resource in by_file.resources.values():
        for key, value in resource.inputs.items():
            for text, sealed in texts_in(value):
                assert str(key_file) not in text, resource.name
                if body in text:
                    seen += 1
                    assert (sealed, key) == (True, "connection"), resource.name
    assert seen > 30
    assert by_file.secret_exports == {"sshPrivateKey", "consolePassword"}
    assert by_file.exports["sshPrivateKey"] == key_file.read_text()
    assert "sshPublicKey" not in by_file.exports


def test_with_an_agent_no_key_is_in_any_input_or_export(by_agent):
    for resource in over_ssh(by_agent):
        assert connection_of(resource).keys() & {"privateKey", "agentSocketPath"} == set()
    assert by_agent.secret_exports == {"consolePassword"}
    assert "sshPrivateKey" not in by_agent.exports


def test_a_bastion_has_its_own_host_key_and_the_same_login_key(behind_a_bastion, key_file):
    for resource in over_ssh(behind_a_bastion):
        connection = connection_of(resource)
        proxy = opened(connection["proxy"])
        assert opened(proxy["host"]) == "jump.example", resource.name
        assert opened(proxy["port"]) == 2200
        assert opened(proxy["user"]) == "jump"
        assert opened(proxy["hostKey"]) == BASTION_KEY
        assert opened(proxy["privateKey"]) == key_file.read_text()
        assert opened(connection["hostKey"]) == KEYS[host_of(resource)]


def test_a_server_may_have_another_address_port_and_user_for_ssh_alone(behind_a_bastion):
    found = behind_a_bastion.resources
    connection = connection_of(found["server1-gate"])
    assert [opened(connection[key]) for key in ("host", "port", "user")] == [
        *("10.9.9.1", 2222, "root"),
    ]
    assert found["server1-gate"].inputs["create"] == "bash -s ensure"
    assert found["server2-gate"].inputs["create"] == "sudo -n bash -s ensure"
    # What brokers advertise stays the server's own address.
    assert behind_a_bastion.exports["hosts"] == ADDRESSES
    assert "brokerIP1=192.0.2.11\n" in found["broker-a-properties"].inputs["stdin"]


def test_the_logins_hold_all_that_our_own_commands_need(behind_a_bastion):
    bastion = {"address": "jump.example", "port": 2200, "user": "jump", "hostKey": BASTION_KEY}
    assert behind_a_bastion.exports["logins"] == {
        "server1": {
            "address": "10.9.9.1",
            "port": 2222,
            "user": "root",
            "hostKey": KEYS["server1"],
            "startupSeconds": 180,
            "bastion": bastion,
        },
        "server2": {
            "address": "192.0.2.12",
            "port": 22,
            "user": "admin",
            "hostKey": KEYS["server2"],
            "startupSeconds": 180,
            "bastion": bastion,
        },
    }


def test_a_bastion_without_a_user_has_that_of_the_hosts(record_settings):
    bastion = {"address": "jump.example", "hostKey": BASTION_KEY}
    found = record_settings(with_hosts(bastion=bastion))
    proxy = opened(connection_of(found.resources["server1-gate"])["proxy"])
    assert opened(proxy["user"]) == "admin"
    assert "privateKey" not in proxy


def test_every_command_of_a_user_other_than_root_uses_sudo(by_file):
    for resource in by_file.of_type(REMOTE_COMMAND):
        for command in ("create", "delete"):
            assert shlex.split(resource.inputs[command])[:2] == ["sudo", "-n"], resource.name


def test_the_cache_belongs_to_the_user_who_uploads(by_file):
    assert 'chown admin "$cache"' in by_file.resources["server1-gate"].inputs["stdin"]


def _identities(recorded):
    return {name: recorded.resources[f"{name}-gate"].inputs["triggers"] for name in ADDRESSES}


def test_the_identity_changes_only_with_the_host_key_and_the_generation(
    record_settings, by_agent, by_file, behind_a_bastion
):
    before = _identities(by_agent)
    assert before["server1"] != before["server2"]
    assert _identities(by_file) == _identities(behind_a_bastion) == before
    raised = _identities(record_settings(with_hosts(({"generation": 2}, {}))))
    rekeyed = _identities(record_settings(with_hosts(({"hostKey": BASTION_KEY}, {}))))
    for after in (raised, rekeyed):
        assert after["server1"] != before["server1"]
        assert after["server2"] == before["server2"]


def test_a_comment_after_a_host_key_changes_nothing(record_settings, by_agent):
    commented = record_settings(with_hosts(({"hostKey": f"{KEYS['server1']} root@a"}, {})))
    assert _identities(commented) == _identities(by_agent)


def test_the_first_preview_registers_the_same_resources(record_settings, by_agent):
    previewed = record_settings(with_hosts(), preview=True)
    assert previewed.resources.keys() == by_agent.resources.keys()
