"""A virtual machine is shut down gracefully if it answers; otherwise nothing waits for it."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field

import pytest

from machines.libvirt import power
from system.errors import LocalError


@dataclass
class FakeVirsh:
    """One domain that goes through a list of states."""

    states: list
    did: list = field(default_factory=list)

    def ask(self, command, *_words):
        if command == "domstate":
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            return (0, f"{state}\n") if state else (1, "error: no such domain")
        self.did.append(command)
        return 0, ""

    def run(self, command, *words):
        return self.ask(command, *words)[1]


@pytest.fixture
def sshd(monkeypatch):
    """A server on loopback that sends one banner."""
    server = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr("machines.shared.ssh.SSH_PORT", server.getsockname()[1])
    monkeypatch.setattr(power, "BANNER_SECONDS", 0.3)
    greeting = []

    def greet():
        # The client may close the connection before it has read everything.
        with contextlib.suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.sendall(greeting[0])
                connection.recv(1)

    def start(text):
        greeting.append(text)
        threading.Thread(target=greet, daemon=True).start()

    yield start
    server.close()


def test_a_machine_that_is_on_is_left_alone():
    virsh = FakeVirsh(["running"])
    power.ensure_on(virsh, "d")
    assert virsh.did == []


def test_a_machine_that_is_off_is_started():
    virsh = FakeVirsh(["shut off", "running"])
    power.ensure_on(virsh, "d")
    assert virsh.did == ["start"]


def test_a_machine_that_does_not_stay_on_is_an_error_naming_its_log():
    with pytest.raises(LocalError, match=r"d: did not stay on; see /var/log/.*/d.log"):
        power.ensure_on(FakeVirsh(["shut off"]), "d")


@pytest.mark.parametrize("state", ["shut off", "crashed", "paused", ""])
def test_a_machine_that_is_not_running_is_not_shut_down(state):
    virsh = FakeVirsh([state])
    power.shut_down(virsh, "d", "127.0.0.1", emulated=False)
    assert virsh.did == []


@pytest.mark.parametrize("greeting", [b"220 mail\r\n", None])
def test_a_machine_that_does_not_answer_is_not_waited_for(sshd, capsys, greeting):
    if greeting:
        sshd(greeting)
    virsh = FakeVirsh(["running"])
    power.shut_down(virsh, "d", "127.0.0.1", emulated=False)
    assert virsh.did == []
    assert "does not answer at 127.0.0.1" in capsys.readouterr().err


def test_a_machine_that_answers_is_shut_down_and_waited_for(sshd, capsys):
    sshd(b"SSH-2.0-OpenSSH\r\n")
    virsh = FakeVirsh(["running", "running", "shut off"])
    power.shut_down(virsh, "d", "127.0.0.1", emulated=True)
    assert virsh.did == ["shutdown"]
    assert "d: off after" in capsys.readouterr().err


def test_a_machine_that_does_not_shut_down_in_time_is_given_up(sshd, capsys, monkeypatch):
    sshd(b"SSH-2.0-OpenSSH\r\n")
    monkeypatch.setattr(power, "SHUTDOWN_SECONDS", 0.0)
    power.shut_down(FakeVirsh(["running"]), "d", "127.0.0.1", emulated=False)
    assert "still on after 0 s; powering it off" in capsys.readouterr().err
