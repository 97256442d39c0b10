"""libvirt is installed if it is missing, and started with systemd or without."""

import pytest

from machines.libvirt import daemon
from machines.libvirt.daemon import PACKAGES, ensure_daemon
from machines.libvirt.verbs import main
from system.errors import LocalError


@pytest.fixture
def computer(monkeypatch, tmp_path):
    """A computer that records commands, where libvirt answers once it has been started."""

    class Computer:
        installed = PACKAGES
        answers = False
        did = ()

        @staticmethod
        def ask(*words, **_):
            if words[0] == "dpkg-query":
                lines = (f"{name} install ok installed\n" for name in Computer.installed)
                return int(len(Computer.installed) < len(PACKAGES)), "".join(lines)
            return 0, Computer.run(*words)

        @staticmethod
        def run(*words):
            Computer.did += (" ".join(words),)
            Computer.answers = "libvirtd" in words or Computer.answers
            return ""

        @staticmethod
        def install(packages):
            Computer.did += tuple(f"install {package}" for package in packages)

    class FakeVirsh:
        def __init__(self, uri):
            self.uri = uri

        def answers(self):
            return Computer.answers

        def require(self):
            if not Computer.answers:
                raise LocalError(f"{self.uri} does not answer")

    monkeypatch.setattr(daemon, "ask", Computer.ask)
    monkeypatch.setattr(daemon, "run", Computer.run)
    monkeypatch.setattr(daemon, "install_packages", Computer.install)
    monkeypatch.setattr(daemon, "Virsh", FakeVirsh)
    monkeypatch.setattr(daemon, "QEMU_CONF", tmp_path / "qemu.conf")
    monkeypatch.setattr(daemon, "SYSTEMD", tmp_path / "no-systemd")
    monkeypatch.setattr(daemon, "ANSWER_SECONDS", 0.0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    return Computer


def test_a_running_daemon_is_left_alone(computer, tmp_path):
    computer.answers = True
    ensure_daemon("qemu:///system")
    assert computer.did == ()
    assert not (tmp_path / "qemu.conf").exists()


def test_only_missing_packages_are_installed(computer):
    computer.answers = True
    computer.installed = tuple(p for p in PACKAGES if p != "genisoimage")
    ensure_daemon("qemu:///system")
    assert computer.did == ("install genisoimage",)


def test_systemd_starts_the_daemon_where_it_runs(computer, tmp_path):
    (tmp_path / "no-systemd").mkdir()
    ensure_daemon("qemu:///system")
    assert computer.did == ("systemctl enable --now libvirtd",)
    assert not (tmp_path / "qemu.conf").exists()


def test_without_systemd_the_daemon_is_started_without_confinement(computer, tmp_path):
    (tmp_path / "qemu.conf").write_text("# mine\n")
    ensure_daemon("qemu:///system")
    assert computer.did == ("setsid virtlogd --daemon", "setsid libvirtd --daemon")
    text = (tmp_path / "qemu.conf").read_text()
    assert text.startswith("# mine\n")
    computer.answers = False
    ensure_daemon("qemu:///system")
    assert (tmp_path / "qemu.conf").read_text() == text
    assert text.count('security_driver = "none"') == 1


def test_a_remote_hypervisor_is_only_queried(computer):
    with pytest.raises(LocalError, match=r"qemu\+ssh://far/system does not answer"):
        ensure_daemon("qemu+ssh://far/system")
    assert not [did for did in computer.did if "libvirtd" in did or "qemu-system" in did]


def test_the_image_can_be_built_before_libvirt_is_installed(monkeypatch, tmp_path):
    """`make lab-image` may be the first command on a computer; qemu-img writes the image."""
    installed = []
    monkeypatch.setattr("machines.shared.verb.become_root", lambda *_: None)
    monkeypatch.setattr("machines.libvirt.verbs.ensure_packages", installed.extend)
    monkeypatch.setattr("machines.libvirt.verbs.ensure_built", lambda: tmp_path)
    assert main(["build"]) == 0
    assert {"mmdebstrap", "qemu-utils"} <= set(installed)
