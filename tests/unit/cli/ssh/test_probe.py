"""Every server is usable, has a problem in one line, or is gone."""

import os

import pytest

from blueprint.hosts.logins import Bastion, Login
from cli.errors import CommandError
from cli.ssh.probe import TRIES, probe

SSH = ("ssh", "-F", "/dev/null")
ONE = Login(host="server1", address="192.0.2.11", user="admin", host_key="k", port=2222)
TWO = Login(host="server2", address="192.0.2.12", user="root", host_key="k")
BASTION = Bastion(address="jump.example", port=22, user="jump", host_key="k")
BEHIND = Login(host="server1", address="10.0.0.5", user="root", host_key="k", bastion=BASTION)

CHANGED = "@@@@@@\nWARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed."
TUNNEL = (
    "channel 0: open failed: connect failed: No route to host\nstdio forwarding failed\n"
    "Connection closed by UNKNOWN port 65535"
)


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    """Replace ssh by a script that counts its calls."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr("cli.ssh.probe.PAUSE_SECONDS", 0)

    def write(script):
        path = folder / "ssh"
        path.write_text(f'#!/bin/bash\necho "$*" >>{tmp_path}/calls\n{script}\n')
        path.chmod(0o755)
        return tmp_path / "calls"

    return write


def says(text, status=255):
    return f"cat >&2 <<'END'\n{text}\nEND\nexit {status}"


def test_a_server_that_lets_us_become_root_has_no_problem(ssh):
    calls = ssh("exit 0")
    answers = probe(SSH, [ONE, TWO], "hosts")
    assert [(a.login.host, a.problem, a.gone) for a in answers] == [
        ("server1", "", False),
        ("server2", "", False),
    ]
    asked = sorted(calls.read_text().splitlines())
    assert [line.rpartition("HostKeyAlias=")[2] for line in asked] == [
        "server1 -p 2222 admin@192.0.2.11 sudo -n true",
        "server2 root@192.0.2.12 true",
    ]
    # The first value of an option wins; ssh logs a refusal to forward at INFO.
    assert all("ConnectTimeout=4 -o LogLevel=INFO" in line for line in asked)


@pytest.mark.parametrize(
    ("script", "parts"),
    [
        (says(CHANGED), ["192.0.2.11 shows another host key", "make hostkeys STACK=hosts"]),
        (
            says("No ED25519 host key is known for server1\nHost key verification failed."),
            ["shows another host key"],
        ),
        (
            says("admin@192.0.2.11: Permission denied (publickey)."),
            ["does not let user admin in", "cluster.hosts.user", "~admin/.ssh/authorized_keys"],
        ),
        (
            says("Received disconnect from 192.0.2.11: Too many authentication failures"),
            ["does not let user admin in"],
        ),
        (
            says("sudo: a password is required", status=1),
            ["user admin may not use sudo", "'admin ALL=(ALL) NOPASSWD: ALL'"],
        ),
        (says("bash: sudo: command not found", status=127), ["may not use sudo"]),
    ],
)
def test_a_refusal_is_one_line_with_the_remedy_and_not_retried(ssh, script, parts):
    calls = ssh(script)
    (answer,) = probe(SSH, [ONE], "hosts")
    assert answer.problem.startswith("server1: ")
    assert "\n" not in answer.problem
    for part in parts:
        assert part in answer.problem
    assert not answer.gone
    assert len(calls.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("stderr", "cause"),
    [
        ("ssh: connect to host 192.0.2.11 port 2222: No route to host", "No route to host"),
        ("ssh: connect to host 192.0.2.11 port 2222: Connection refused", "Connection refused"),
        ("Connection timed out during banner exchange", "during banner exchange"),
    ],
)
def test_a_server_that_does_not_answer_is_retried_before_it_counts_as_gone(ssh, stderr, cause):
    calls = ssh(says(stderr))
    (answer,) = probe(SSH, [ONE], "hosts")
    assert answer.gone
    assert "no answer by SSH on port 2222" in answer.problem
    assert cause in answer.problem
    assert len(calls.read_text().splitlines()) == TRIES


def test_a_server_that_answers_a_retry_is_not_gone(ssh, tmp_path):
    ssh(f"[ $(wc -l <{tmp_path}/calls) -ge {TRIES} ] || exit 255")
    (answer,) = probe(SSH, [ONE], "hosts")
    assert (answer.problem, answer.gone) == ("", False)


def test_a_server_that_hangs_counts_as_gone_in_bounded_time(ssh, monkeypatch):
    monkeypatch.setattr("cli.ssh.probe.ANSWER_SECONDS", 0.1)
    ssh("exec sleep 60")
    (answer,) = probe(SSH, [ONE], "hosts")
    assert answer.gone
    assert "nothing within" in answer.problem


def test_only_servers_that_did_not_answer_are_retried(ssh):
    calls = ssh("[[ $* == *192.0.2.11* ]] && exit 255; exit 0")
    one, two = probe(SSH, [ONE, TWO], "hosts")
    assert (one.gone, two.gone) == (True, False)
    assert calls.read_text().count("192.0.2.12") == 1


def test_a_server_that_is_gone_behind_a_bastion_has_the_tunnels_cause(ssh):
    ssh(f"[[ $* != *ProxyCommand* ]] && exit 0\n{says(TUNNEL)}")
    (answer,) = probe(SSH, [BEHIND], "hosts")
    assert answer.gone
    assert "No route to host" in answer.problem


def test_a_server_does_not_count_as_gone_if_the_bastion_refuses_to_forward(ssh):
    refused = "channel 0: open failed: administratively prohibited: open failed"
    ssh(f"[[ $* != *ProxyCommand* ]] && exit 0\n{says(refused)}")
    (answer,) = probe(SSH, [BEHIND], "hosts")
    assert not answer.gone
    assert "AllowTcpForwarding" in answer.problem


def test_a_bastion_that_runs_no_command_is_accepted(ssh):
    ssh("[[ $* != *ProxyCommand* ]] && exit 1; exit 0")
    (answer,) = probe(SSH, [BEHIND], "hosts")
    assert answer.problem == ""


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (says(CHANGED), "bastion jump.example shows another host key than cluster.hosts.bastion"),
        (says("Permission denied"), "bastion jump.example does not let user jump in"),
        (
            says("ssh: connect to host jump.example port 22: Connection refused"),
            "no answer by SSH",
        ),
    ],
)
def test_a_bastion_that_cannot_be_used_is_an_error_of_its_own(ssh, script, line):
    ssh(script)
    with pytest.raises(CommandError, match=line) as failed:
        probe(SSH, [BEHIND], "hosts")
    assert "\n" not in str(failed.value)
