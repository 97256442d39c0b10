"""What `make ssh` needs is in the state long before the update ends, its key encrypted."""

import json

import pytest

from cli.commands.ssh import early_outputs
from cli.engine.engine import Engine
from cli.engine.stack_folder import StackFolder

pytestmark = pytest.mark.engine

STACK = "urn:pulumi:local::rocketmq::pulumi:pulumi:Stack::rocketmq-local"
HOSTS = "urn:pulumi:local::rocketmq::rocketmq:nspawn_hosts:NspawnHosts::hosts"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
LOGINS = {"server1": {"address": "10.98.64.151", "user": "root", "hostKey": "ssh-ed25519 AAAA"}}


def test_an_unfinished_update_has_recorded_login_and_key_which_only_the_passphrase_opens(
    engine, monkeypatch
):
    """The state has no outputs of the stack yet."""
    outputs = {
        "logins": LOGINS,
        "machines": {},
        "sshPrivateKey": {**SECRET, "plaintext": json.dumps("the key\n")},
    }
    resources = [
        {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False},
        {
            "urn": HOSTS,
            "type": "rocketmq:nspawn_hosts:NspawnHosts",
            "custom": False,
            "parent": STACK,
            "outputs": outputs,
        },
    ]
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    made = Engine(StackFolder(stack="local"))
    deployment = made.export()
    deployment["deployment"]["resources"] = resources
    made.replace_deployment(deployment)
    assert made.outputs() == {}
    assert "the key" not in json.dumps(made.export())
    assert early_outputs(made.export(show_secrets=True), "local", "server1") == {
        "logins": LOGINS,
        "sshPrivateKey": "the key\n",
    }
