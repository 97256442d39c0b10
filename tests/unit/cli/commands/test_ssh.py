"""`make ssh` finds a host's login in the outputs, or in the state while an update is under way."""

import json

import pytest

from cli.commands.ssh import early_outputs
from cli.errors import CommandError

URN = "urn:pulumi:lab::rocketmq::rocketmq:libvirt_hosts:LibvirtHosts"
LOGIN = {"address": "192.168.64.151", "user": "admin", "hostKey": "ssh-ed25519 AAAA"}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def stored(*names, **outputs):
    hosts = {
        "urn": f"{URN}::hosts",
        "type": "rocketmq:libvirt_hosts:LibvirtHosts",
        "outputs": {
            "addresses": ["192.168.64.151"],
            "logins": {"server1": LOGIN},
            "machines": {"server1": "server1-domain"},
            "sshPrivateKey": {**SECRET, "plaintext": json.dumps("the key\n")},
            **outputs,
        },
    }
    others = [{"urn": f"{URN}$libvirt:index/domain:Domain::{name}"} for name in names]
    return {"deployment": {"resources": [*others, hosts]}}


def test_the_state_of_a_running_update_has_login_and_key_of_a_machine_that_exists():
    found = early_outputs(stored("server1-domain"), "lab", "server1")
    assert found == {"logins": {"server1": LOGIN}, "sshPrivateKey": "the key\n"}


def test_a_machine_that_does_not_exist_yet_is_named_in_one_line():
    with pytest.raises(CommandError) as raised:
        early_outputs(stored("server2-domain"), "lab", "server1")
    assert str(raised.value) == (
        "HOST=server1: its machine does not exist yet; wait for the running update of stack lab, "
        "or if none is running, run make up STACK=lab"
    )


def test_servers_that_run_already_need_no_machine_and_with_an_agent_no_key():
    state = stored(machines={})
    del state["deployment"]["resources"][0]["outputs"]["sshPrivateKey"]
    assert early_outputs(state, "hosts", "server1") == {"logins": {"server1": LOGIN}}


def test_a_misspelled_host_is_left_to_the_message_that_lists_the_hosts():
    found = early_outputs(stored("server1-domain"), "lab", "server9")
    assert list(found["logins"]) == ["server1"]


@pytest.mark.parametrize(
    "state", [{}, {"deployment": None}, {"deployment": {"resources": [{"urn": f"{URN}::hosts"}]}}]
)
def test_a_state_without_logins_has_nothing_to_offer(state):
    assert early_outputs(state, "lab", "server1") == {}
