"""Root by sudo, and packages by apt-get; each failure is one line."""

import os

import pytest

from machines.nspawn.verbs import main
from machines.shared.computer import install_packages
from system.errors import LocalError


@pytest.fixture
def _not_root(monkeypatch):
    monkeypatch.setattr("machines.shared.computer.os.geteuid", lambda: 1000)


def never(*words):
    pytest.fail(f"ran {words}")


@pytest.mark.usefixtures("_not_root")
@pytest.mark.parametrize(
    ("sudo", "status"), [(None, 0), ("/usr/bin/sudo", 1)], ids=["no sudo", "sudo asks"]
)
def test_without_root_or_sudo_the_error_is_one_line(monkeypatch, capsys, sudo, status):
    monkeypatch.setattr("machines.shared.computer.shutil.which", lambda _: sudo)
    monkeypatch.setattr("machines.shared.computer.ask", lambda *_: (status, ""))
    monkeypatch.setattr("machines.shared.computer.os.execvp", never)
    assert main(["image"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "machines image: machines on this computer need root; "
        "run as root, or allow sudo without a password"
    )


@pytest.mark.usefixtures("_not_root")
def test_with_sudo_the_same_verb_runs_again_as_root(monkeypatch):
    ran = []
    monkeypatch.setattr("machines.shared.computer.shutil.which", lambda _: "/usr/bin/sudo")
    monkeypatch.setattr("machines.shared.computer.ask", lambda *_: (0, ""))
    monkeypatch.setattr("machines.shared.computer.os.execvp", lambda _, words: ran.append(words))
    monkeypatch.setattr("machines.nspawn.verbs.ensure_image", lambda: pytest.skip("as root"))
    with pytest.raises(pytest.skip.Exception):
        main(["image"])
    (words,) = ran
    assert words[:3] == ["sudo", "-n", "env"]
    assert words[-3:] == ["-m", "machines", "image"]


@pytest.fixture
def apt_get(tmp_path, monkeypatch):
    """Replace apt-get by a script, and return the file to which it writes its calls."""
    tools, calls = tmp_path / "tools", tmp_path / "calls"
    tools.mkdir()
    calls.touch()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")

    def write(script):
        (tools / "apt-get").write_text(f'#!/bin/sh\necho "$1" >>{calls}\n{script}\n')
        (tools / "apt-get").chmod(0o755)
        return calls

    return write


def test_packages_are_looked_up_anew_if_they_cannot_be_installed_at_first(apt_get):
    calls = apt_get('[ "$1" = update ] && touch "$0.updated"; [ -e "$0.updated" ]')
    install_packages(["ssh"])
    assert calls.read_text().split() == ["install", "update", "install"]


def test_a_failed_installation_is_one_line_with_packages_and_cause(apt_get):
    calls = apt_get(
        "echo 'Err:1 http://mirror.example bookworm'\n"
        "echo 'E: Failed to fetch http://me:secret@mirror.example/x  404  Not Found' >&2\n"
        "echo 'E: Some index files failed to download.' >&2\n"
        "exit 100"
    )
    with pytest.raises(LocalError) as failure:
        install_packages(["mmdebstrap", "ssh"])
    assert str(failure.value) == (
        "this computer: cannot install mmdebstrap ssh: apt-get: exit status 100: Failed to fetch "
        "http://mirror.example/x  404  Not Found; check disk, network and /etc/apt, or install "
        "them yourself"
    )
    assert calls.read_text().split() == ["install", "update"]
