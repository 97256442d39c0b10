"""The engine, the logins and the live check, with scripts in place of programs."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import pytest

from blueprint.hosts.logins import Bastion, Login
from cli import __main__ as commands
from cli.commands.down import down
from cli.commands.ssh import ssh
from cli.commands.up import up
from cli.commands.verify import verify
from cli.engine.engine import Engine
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.ssh.connection import agent_with, command_to, command_to_bastion, read_logins

LOGINS = {
    "server2": {"address": "10.98.64.152", "user": "root", "hostKey": "ssh-ed25519 AAAA2 b"},
    "server1": {
        "address": "10.98.64.151",
        "user": "admin",
        "hostKey": "ssh-ed25519 AAAA1 a",
        "startupSeconds": 1800,
    },
}


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Replace a program by a shell script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def write(name, script):
        path = folder / name
        path.write_text(f"#!/bin/bash\n{script}\n", "utf-8")
        path.chmod(0o755)

    return write


@pytest.fixture(scope="session")
def private_key(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "key"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "of-a-test", "-f", path]
    subprocess.run(words, check=True)
    return path.read_text("utf-8")


class MadeStack:
    """An engine whose stack has outputs; it records its commands."""

    def __init__(self, outputs, status=0):
        self.all_outputs, self.status, self.ran = outputs, status, []

    def outputs(self):
        return self.all_outputs

    def export(self, *, show_secrets=False):
        assert show_secrets
        return {}

    def exists(self):
        return True

    def require_stack(self):
        pass

    def ensure_stack(self):
        self.ran.append("ensure")

    def run(self, *words):
        self.ran.append(words[0])
        return self.status

    def remove(self):
        self.ran.append("remove")


@pytest.fixture
def made(private_key):
    return MadeStack(
        {"logins": LOGINS, "sshPrivateKey": private_key, "namesrvAddr": "a:9876;b:9876"}
    )


def test_logins_are_sorted_by_host():
    assert read_logins({"logins": LOGINS}, "local") == (
        Login(
            host="server1",
            address="10.98.64.151",
            user="admin",
            host_key="ssh-ed25519 AAAA1 a",
            startup_seconds=1800,
        ),
        Login(
            host="server2",
            address="10.98.64.152",
            user="root",
            host_key="ssh-ed25519 AAAA2 b",
            startup_seconds=180,
        ),
    )


@pytest.mark.parametrize("outputs", [{}, {"logins": {"server1": {"address": "10.98.64.151"}}}])
def test_a_stack_without_outputs_has_no_logins(outputs):
    with pytest.raises(CommandError, match=r"stack lab: has no hosts .* make up STACK=lab"):
        read_logins(outputs, "lab")


def test_the_key_is_only_in_an_agent_that_ends_with_its_use(private_key):
    logins = read_logins({"logins": LOGINS}, "local")
    with agent_with(private_key, logins) as ssh:
        options = dict(word.split("=", 1) for word in ssh if "=" in word)
        socket, known_hosts = options["IdentityAgent"], options["UserKnownHostsFile"]
        listed = subprocess.run(
            ["ssh-add", "-l"],
            env={**os.environ, "SSH_AUTH_SOCK": socket},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "of-a-test" in listed.stdout
        folder = os.path.dirname(socket)  # noqa: PTH120 (a text out of an option)
        assert sorted(os.listdir(folder)) == ["agent", "known_hosts"]  # noqa: PTH208 (see above)
        with open(known_hosts, encoding="utf-8") as file:  # noqa: PTH123 (see above)
            assert file.read() == "server1 ssh-ed25519 AAAA1 a\nserver2 ssh-ed25519 AAAA2 b\n"
        assert options["StrictHostKeyChecking"] == "yes"
        assert ssh[:3] == ("ssh", "-F", "/dev/null")
    assert not os.path.exists(folder)  # noqa: PTH110 (see above)


def test_an_agent_whose_socket_does_not_listen_yet_is_waited_for(program, private_key):
    agent = shutil.which("ssh-agent")
    bind = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
    program(
        "ssh-agent",
        f'{sys.executable} -c "{bind}" "$3"; sleep 0.3; rm "$3"; exec {agent} "$@"',
    )
    with agent_with(private_key, ()) as ssh:
        assert ssh[0] == "ssh"


def test_an_invalid_key_is_an_error_of_ssh_add():
    with pytest.raises(CommandError, match="ssh-add: exit status"), agent_with("no key\n", ()):
        pytest.fail("an agent without a key was yielded")


def test_a_host_is_reached_by_address_and_its_key_found_by_name():
    (login, _) = read_logins({"logins": LOGINS}, "local")
    words = ("ssh", "-o", "HostKeyAlias=server1", "admin@10.98.64.151")
    assert command_to(("ssh",), login) == words


BASTION = Bastion(address="jump.example", port=2200, user="jump", host_key="ssh-ed25519 AAAAj")
BEHIND = Login(
    host="server1",
    address="10.0.0.5",
    user="admin",
    host_key="ssh-ed25519 AAAA1",
    port=2222,
    bastion=BASTION,
)


def test_a_host_behind_a_bastion_is_reached_through_it_with_its_own_pinned_key():
    words = command_to(("ssh", "-F", "/dev/null", "-o", "IdentityAgent=/tmp/a%b"), BEHIND)
    options = [word for word in words if "=" in word]
    assert words[-3:] == ("-p", "2222", "admin@10.0.0.5")
    assert "HostKeyAlias=server1" in options
    (proxy,) = (o.removeprefix("ProxyCommand=") for o in options if o.startswith("ProxyCommand="))
    # ssh reads %% as one percent sign; the shell gets the rest unchanged.
    assert shlex.split(proxy.replace("%%", "%")) == [
        *("ssh", "-F", "/dev/null", "-o", "IdentityAgent=/tmp/a%b"),
        *("-o", "HostKeyAlias=the.bastion", "-p", "2200"),
        *("-W", "[%h]:%p", "jump@jump.example"),
    ]
    assert command_to_bastion(("ssh",), BASTION)[-3:] == ("-p", "2200", "jump@jump.example")


def test_the_key_of_a_bastion_is_pinned_beside_those_of_the_hosts(private_key):
    with agent_with(private_key, (BEHIND,)) as ssh:
        options = dict(word.split("=", 1) for word in ssh if "=" in word)
        with open(options["UserKnownHostsFile"], encoding="utf-8") as file:  # noqa: PTH123 (a text out of an option)
            assert file.read() == "server1 ssh-ed25519 AAAA1\nthe.bastion ssh-ed25519 AAAAj\n"


def test_logins_with_a_bastion_and_another_port_are_read_from_the_outputs():
    bastion = {
        "address": "jump.example",
        "port": 2200,
        "user": "jump",
        "hostKey": "ssh-ed25519 AAAAj",
    }
    output = {
        "address": "10.0.0.5",
        "port": 2222,
        "user": "admin",
        "hostKey": "ssh-ed25519 AAAA1",
        "bastion": bastion,
    }
    assert read_logins({"logins": {"server1": output}}, "hosts") == (BEHIND,)


def test_without_a_key_the_users_own_agent_is_used(monkeypatch):
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/theirs")
    with agent_with(None, (BEHIND,)) as ssh:
        assert "IdentityAgent=/run/theirs" in ssh


def test_a_missing_agent_is_one_line_with_the_remedy(monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with (
        pytest.raises(CommandError, match=r"no SSH agent answers .*ssh-add"),
        agent_with(None, ()),
    ):
        pytest.fail("an agent was yielded")


@pytest.mark.usefixtures("private_key")
def test_ssh_never_prompts_for_a_password(private_key):
    with agent_with(private_key, ()) as ssh:
        assert "BatchMode=yes" in ssh


def test_only_folders_of_dead_commands_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("SSH_AUTH_SOCK", "/tmp/agent")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(timeout=30)
    for owner in (ended.pid, os.getpid(), "nobody"):
        (tmp_path / f"rocketmq-ssh-{owner}-x").mkdir()
    with agent_with(None, ()):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [f"rocketmq-ssh-{os.getpid()}-x"]


def test_verification_is_ok_when_every_host_is(program, made, capsys):
    program("ssh", 'echo "asked: ${*: -2}"')
    verify(made, "local")
    out = capsys.readouterr().out
    check = "python3 /usr/local/lib/rocketmq-pulumi/remoting.pyz verify"
    assert f"asked: admin@10.98.64.151 sudo -n {check} " in out
    assert f"asked: root@10.98.64.152 {check} " in out
    assert out.endswith("OK: stack local, namesrvAddr a:9876;b:9876\n")


def test_verification_that_fails_on_one_host_is_never_ok(program, made, capsys):
    script = (
        'if [[ $* == *152* ]]; then echo "broker-b: not registered" >&2; exit 1; fi; echo fine'
    )
    program("ssh", script)
    with pytest.raises(
        CommandError, match=r"stack local: NOT verified, .* server2; .*HOST=server2"
    ):
        verify(made, "local")
    out = capsys.readouterr().out
    assert "fine\n" in out
    assert "broker-b: not registered\n" in out
    assert "OK:" not in out


def test_a_host_that_cannot_be_reached_is_named_with_the_cause(program, made, capsys):
    program("ssh", 'echo "ssh: connect to host: No route to host" >&2; exit 255')
    with pytest.raises(CommandError, match="server1 and server2"):
        verify(made, "local")
    expected = "server1: no login at 10.98.64.151: ssh: connect to host: No route to host;"
    assert expected in capsys.readouterr().out


def test_the_private_key_is_in_no_argument(program, made, private_key, capsys):
    program("ssh", 'printf "%s\\n" "$@"')
    verify(made, "local")
    body = private_key.splitlines()[1]
    assert body not in capsys.readouterr().out


def test_a_missing_engine_is_one_line_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"pulumi: not found; run make toolchain"):
        Engine(StackFolder(stack="local")).outputs()


def test_an_engine_that_fails_is_reported_with_its_last_line(program):
    program("pulumi", 'echo "some progress"; echo "error: incorrect passphrase" >&2; exit 255')
    with pytest.raises(CommandError) as failed:
        Engine(StackFolder(stack="local")).outputs()
    message = "pulumi stack output --json: exit status 255: error: incorrect passphrase"
    assert str(failed.value) == message


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        ("[]", False),
        ('[{"name": "locality"}]', False),
        ('[{"name": "organization/x/local"}]', True),
    ],
)
def test_a_stack_exists_if_the_backend_lists_exactly_its_name(program, listed, known):
    program("pulumi", f"echo '{listed}'")
    assert Engine(StackFolder(stack="local")).exists() is known


@pytest.fixture
def without_side_effects(monkeypatch):
    """Run the commands without killing, looking up or starting processes."""
    calls = []
    for module in ("cli.commands.up", "cli.commands.down"):
        monkeypatch.setattr(f"{module}.die_with_parent", lambda: None)
        monkeypatch.setattr(f"{module}.recover", lambda *_: calls.append("recover"))
        monkeypatch.setattr(f"{module}.run_machines", lambda verb, *_: calls.append(verb))
    monkeypatch.setattr("cli.commands.up.verify", lambda *_, **__: calls.append("verify"))
    monkeypatch.setattr(StackFolder, "provider", lambda _: "nspawn")
    return calls


def test_up_ends_with_the_live_check_even_if_nothing_changed(without_side_effects, made, capsys):
    up(made, StackFolder(stack="local"))
    assert without_side_effects == ["recover", "check-owner", "verify"]
    assert made.ran == ["ensure", "up"]
    assert "namesrvAddr: a:9876;b:9876\n" in capsys.readouterr().out


def test_up_prints_no_key(without_side_effects, made, private_key, capsys):
    up(made, StackFolder(stack="local"))
    assert without_side_effects[-1] == "verify"
    shown = capsys.readouterr()
    assert private_key.splitlines()[1] not in shown.out + shown.err


def test_an_update_that_fails_is_never_verified(without_side_effects, made):
    made.status = 255
    with pytest.raises(CommandError, match=r"stack lab: the update failed.*make up STACK=lab"):
        up(made, StackFolder(stack="lab"))
    assert "verify" not in without_side_effects


def test_down_sweeps_what_is_not_in_the_state(without_side_effects, made, tmp_path, monkeypatch):
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "")
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    down(made, StackFolder(stack="local"))
    assert without_side_effects == ["recover", "sweep"]
    assert made.ran == ["destroy", "remove"]


@pytest.mark.parametrize(("provider", "skipped"), [("nspawn", "true"), ("existing", None)])
@pytest.mark.usefixtures("without_side_effects")
def test_a_destroy_is_recorded_step_by_step_where_hosts_stay(
    made, tmp_path, monkeypatch, provider, skipped
):
    """A killed one must not leave resources in the state that are gone from a host that stays."""
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    monkeypatch.setattr(StackFolder, "provider", lambda _: provider)
    monkeypatch.setattr("cli.commands.down.part_from_gone", lambda *_: ())
    monkeypatch.setattr("cli.commands.down.keeps_stores", lambda *_: True)
    # So that the variable is unset again.
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "")
    monkeypatch.delenv("PULUMI_SKIP_CHECKPOINTS")
    seen = []
    monkeypatch.setattr(
        made, "run", lambda *_: seen.append(os.environ.get("PULUMI_SKIP_CHECKPOINTS")) or 0
    )
    down(made, StackFolder(stack="local"))
    assert seen == [skipped]


def test_a_destroy_that_fails_is_refused_with_the_command_for_this_stack(
    without_side_effects, made, monkeypatch
):
    monkeypatch.setattr(StackFolder, "provider", lambda _: None)
    made.status = 255
    with pytest.raises(CommandError, match=r"stack lab: the destroy failed.*make down STACK=lab"):
        down(made, StackFolder(stack="lab"))
    assert without_side_effects == ["recover"]


def test_ssh_to_an_unknown_host_lists_the_hosts(made):
    with pytest.raises(CommandError, match=r"HOST=server9: .* there are server1, server2"):
        ssh(made, "local", "server9", "")


def test_an_unknown_stack_is_one_line_and_status_1(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["cli", "verify", "--stack", "no-such-stack"])
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    assert commands.main() == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("verify: STACK=no-such-stack: no Pulumi.no-such-stack.yaml; ")
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert "there are" in shown.err
