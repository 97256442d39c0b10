"""Without root, a verb runs again under sudo or fails with one line."""

import pytest

from machines.nspawn.verbs import main


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
