"""The whole program under the configuration of each committed stack, and under bad ones."""

import json

import pulumi
import pytest

from tests.support.recording import PASSWORD, PRIVATE_MARK, REMOTE_COMMAND, Recorder
from tests.support.stacks import STACKS, changed, raw_cluster


def test_stack_local_is_committed():
    assert "local" in STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_a_committed_stack_is_two_name_servers_and_four_brokers(run_program, stack):
    found = run_program(raw_cluster(stack))
    assert len(found.of_type("rocketmq:name_server:NameServer")) == 2
    assert len(found.of_type("rocketmq:broker:Broker")) == 4
    assert len(found.of_type("rocketmq:cluster:Cluster")) == 1


@pytest.mark.parametrize("stack", STACKS)
def test_a_committed_stack_can_be_previewed_before_anything_exists(run_program, stack):
    made = run_program(raw_cluster(stack))
    assert run_program(raw_cluster(stack), preview=True).resources.keys() == (
        made.resources.keys()
    )


def test_a_stack_with_key_agent_is_previewed_without_an_agent_but_not_updated(
    run_program, monkeypatch
):
    monkeypatch.delenv("SSH_AUTH_SOCK")
    assert run_program(raw_cluster("hosts"), preview=True).resources
    recorder = Recorder()
    with pytest.raises(
        pulumi.RunError, match=r"cluster\.hosts\.key: is 'agent', but no SSH agent"
    ):
        run_program(raw_cluster("hosts"), recorder=recorder)
    assert recorder.resources == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "does not exist"),
        ("ssh-ed25519 AAAA me\n", "is a public key"),
        ("hello\n", "is not a private key"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n", "passphrase"),
    ],
)
def test_an_unusable_key_file_ends_the_run_before_any_resource(
    run_program, tmp_path, text, problem
):
    path = tmp_path / "key"
    if text is not None:
        path.write_text(text)
    raw = raw_cluster("hosts")
    raw["hosts"]["key"] = {"source": "file", "path": str(path)}
    for preview in (True, False):
        recorder = Recorder()
        with pytest.raises(pulumi.RunError, match=rf"cluster\.hosts\.key\.path: .*{problem}"):
            run_program(raw, preview=preview, recorder=recorder)
        assert recorder.resources == {}


def test_the_exports_say_where_clients_connect_and_who_runs_where(run_program):
    exports = run_program(raw_cluster()).exports
    assert exports["namesrvAddr"] == "10.98.64.151:9876;10.98.64.152:9876"
    assert exports["brokers"] == [
        {
            "name": "broker-a",
            "role": "SYNC_MASTER",
            "host": "server1",
            "address": "10.98.64.151:10911",
        },
        {
            "name": "broker-b",
            "role": "SYNC_MASTER",
            "host": "server2",
            "address": "10.98.64.152:10911",
        },
        {
            "name": "broker-a-s",
            "role": "SLAVE",
            "host": "server2",
            "address": "10.98.64.152:11911",
        },
        {
            "name": "broker-b-s",
            "role": "SLAVE",
            "host": "server1",
            "address": "10.98.64.151:11911",
        },
    ]
    assert exports["hosts"] == {"server1": "10.98.64.151", "server2": "10.98.64.152"}
    assert exports["ssh"] == {
        host: f"make ssh STACK=tested HOST={host}" for host in ("server1", "server2")
    }


def test_the_exports_let_the_commands_log_in_with_pinned_host_keys(run_program):
    exports = run_program(raw_cluster()).exports
    for host, address in (("server1", "10.98.64.151"), ("server2", "10.98.64.152")):
        assert exports["logins"][host] == {
            "address": address,
            "port": 22,
            "user": "root",
            "hostKey": f"ssh-ed25519 AAAApublic-of-{host}-host-key-pair test",
            "startupSeconds": 180,
        }
    assert exports["sshPublicKey"] == "ssh-ed25519 AAAApublic-of-hosts-login-key-pair test"
    assert f"{PRIVATE_MARK}hosts-login-key-pair" in exports["sshPrivateKey"]


def test_the_private_key_and_the_password_are_the_only_secrets_among_the_exports(run_program):
    found = run_program(raw_cluster())
    sealed = {"sshPrivateKey", "consolePassword"}
    assert found.secret_exports == sealed
    assert found.exports["consolePassword"] == PASSWORD
    clear = json.dumps({name: text for name, text in found.exports.items() if name not in sealed})
    assert PRIVATE_MARK not in clear
    assert PASSWORD not in clear


def test_the_url_of_the_console_is_exported(run_program):
    exports = run_program(raw_cluster()).exports
    assert exports["consoleUrl"] == "http://10.98.64.151:8080"
    console = {"kind": "builtin", "host": "server1", "user": "admin", "cluster": "DefaultCluster"}
    assert exports["console"] == console


def test_without_a_console_none_of_its_resources_or_exports_exist(run_program):
    found = run_program(changed(console="none"))
    assert [name for name in found.resources if "console" in name] == []
    assert [name for name in found.exports if "console" in name.lower()] == []


def test_the_report_of_each_host_is_in_the_output_of_the_update(run_program):
    verified = run_program(raw_cluster()).exports["verified"]
    for host in ("server1", "server2"):
        assert f"{host}: verified at 2026-11-22T20:59:46Z in 0.2 s" in verified


def test_the_start_commands_are_dependent_remote_commands_of_their_rendered_files(run_program):
    found = run_program(raw_cluster()).resources
    for broker in ("broker-a", "broker-b", "broker-a-s", "broker-b-s"):
        service = found[f"{broker}-service"]
        assert service.token == REMOTE_COMMAND
        assert f"{broker}-properties" in service.depends_on
        assert f"brokerName={broker[:8]}\n" in found[f"{broker}-properties"].inputs["stdin"]


def test_bad_settings_end_the_run_with_all_problems_before_any_resource(run_program):
    recorder = Recorder()
    raw = changed(flavour="best", version="5.0.0", nameServers=9, brokerProperties={"brokerId": 7})
    with pytest.raises(pulumi.RunError) as refused:
        run_program(raw, recorder=recorder)
    report = str(refused.value)
    assert report.startswith("4 problems in the stack's settings:\n")
    for key in ("flavour", "version", "nameServers", "brokerProperties.brokerId"):
        assert f"\n  - cluster.{key}: " in report
    assert recorder.resources == {}


def test_an_archive_with_another_digest_ends_the_run_before_any_resource(run_program, archives):
    (archives / "mine.zip").write_bytes(b"not what it should be")
    recorder = Recorder()
    artifact = {"source": "file", "path": "mine.zip", "sha512": "ab" * 64}
    with pytest.raises(pulumi.RunError, match=r"cluster\.artifact\.path: .*mine\.zip"):
        run_program(changed(artifact=artifact), recorder=recorder)
    assert recorder.resources == {}


@pytest.mark.parametrize("preview", [True, False])
def test_an_official_archive_of_unknown_digest_ends_the_run_with_the_command_for_it(
    run_program, preview
):
    recorder = Recorder()
    raw = changed("lab", version="5.99.0", artifact="official")
    command = r"cluster\.artifact\.sha512: .*: make archive-digest VERSION=5\.99\.0$"
    with pytest.raises(pulumi.RunError, match=command):
        run_program(raw, preview=preview, recorder=recorder)
    assert recorder.resources == {}


def test_a_stack_without_a_cluster_object_is_refused_by_its_name(run_program):
    recorder = Recorder()
    with pytest.raises(Exception, match="rocketmq:cluster") as refused:
        run_program(None, recorder=recorder)
    assert isinstance(refused.value, pulumi.RunError)
    assert recorder.resources == {}


def test_a_recorded_run_leaves_neither_stack_nor_configuration_behind(run_program):
    run_program(raw_cluster())
    assert pulumi.runtime.get_root_resource() is None
    assert "rocketmq:cluster" not in pulumi.runtime.config.CONFIG.get()
