"""A cluster is OK only if every host verified it."""

import pytest

from cli.commands.verify import verify
from cli.errors import CommandError
from cli.processes import ask_until_failure

OUTPUTS = {
    "namesrvAddr": "10.0.0.1:9876",
    "sshPrivateKey": "key",
    "logins": {
        host: {"address": "10.0.0.1", "user": "root", "hostKey": "k"}
        for host in ("server1", "server2")
    },
}


class Stored:
    def outputs(self):
        return OUTPUTS


@pytest.fixture
def say(monkeypatch):
    """Put shell commands in the place of the hosts' answers."""

    class Agent:
        def __enter__(self):
            return ("ssh",)

        def __exit__(self, *_):
            pass

    def use(*commands):
        answers = iter(commands)
        monkeypatch.setattr("cli.commands.verify.agent_with", lambda *_: Agent())
        monkeypatch.setattr("cli.commands.verify._command", lambda *_: ["sh", "-c", next(answers)])
        monkeypatch.setattr("cli.commands.verify.GRACE_SECONDS", 0.1)

    return use


def test_ok_is_printed_when_every_host_is_verified(say, capsys):
    say("echo one", "echo two")
    verify(Stored(), "local")
    assert capsys.readouterr().out == "one\ntwo\nOK: stack local, namesrvAddr 10.0.0.1:9876\n"


@pytest.mark.parametrize("death", ["kill -9 $$", "kill -15 $$", "exit 1", "exit 255"])
def test_no_ok_if_one_answer_fails_or_is_missing(say, capsys, death):
    say(death, "exec sleep 60")
    with pytest.raises(CommandError, match="NOT verified, see above for server1"):
        verify(Stored(), "local")
    out = capsys.readouterr().out
    assert "OK:" not in out
    assert "server2: skipped" in out


def test_an_ended_ssh_is_reported_with_the_command_for_this_stack(say, capsys):
    say("kill -9 $$", "kill -9 $$")
    with pytest.raises(CommandError, match="NOT verified"):
        verify(Stored(), "lab")
    report = "server1: ssh was ended by signal 9; run make verify STACK=lab again\n"
    assert report in capsys.readouterr().out


BOOTING = "echo 'ssh: connect to host 10.0.0.1 port 22: Connection refused' >&2; exit 255"
REFUSING = "echo 'admin@10.0.0.1: Permission denied (publickey).' >&2; exit 255"


def test_a_host_that_an_update_has_started_is_waited_for(say, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("cli.commands.verify.PAUSE_SECONDS", 0.0)
    tries = tmp_path / "tries"
    say(f"echo >>{tries}; [ $(wc -l <{tries}) -ge 3 ] || {{ {BOOTING}; }}", "echo two")
    verify(Stored(), "local", may_boot=True)
    out = capsys.readouterr().out
    assert out.count("waiting for SSH on server1\n") == 2
    assert out.endswith("two\nOK: stack local, namesrvAddr 10.0.0.1:9876\n")


@pytest.mark.parametrize(("answer", "may_boot"), [(BOOTING, False), (REFUSING, True)])
def test_no_host_is_waited_for_without_an_update_or_after_a_final_refusal(
    say, capsys, answer, may_boot
):
    say(answer, "echo two")
    with pytest.raises(CommandError, match="NOT verified, see above for server1"):
        verify(Stored(), "local", may_boot=may_boot)
    assert "waiting for" not in capsys.readouterr().out


def test_an_answer_within_the_grace_period_counts():
    first, second = ask_until_failure(
        [["sh", "-c", "exit 3"], ["sh", "-c", "sleep 0.2; echo late"]], grace_seconds=10
    )
    assert (first.returncode, second.stdout) == (3, "late\n")
