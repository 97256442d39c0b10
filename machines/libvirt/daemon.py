"""Install and start libvirt's daemon on this computer."""

import shutil
import time
from pathlib import Path

from machines.libvirt.virsh import Virsh
from machines.shared.computer import install_packages
from system.errors import LocalError
from system.programs import ask, run
from system.progress import progress

LOCAL_URI = "qemu:///system"
SYSTEMD = Path("/run/systemd/system")
QEMU_CONF = Path("/etc/libvirt/qemu.conf")
ANSWER_SECONDS = 60.0
ABOUT_SECONDS = 5

PACKAGES = (
    "dnsmasq-base",
    "genisoimage",
    "iptables",
    "libvirt-clients",
    "libvirt-daemon-driver-qemu",
    "libvirt-daemon-system",
    "qemu-system-x86",
    "qemu-utils",
)
IMAGE_PACKAGES = ("extlinux", "mmdebstrap", "parted", "qemu-utils", "syslinux-common")

WITHOUT_SYSTEMD = """\
# rocketmq-clusters: PID 1 is not systemd here, so nothing manages cgroups and labels for libvirt.
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
"""


def ensure_daemon(uri: str) -> None:
    """Install the packages that `uri` needs; start libvirt's daemon if `uri` is the local one.

    Raises:
        LocalError: a package cannot be installed, or no hypervisor answers at `uri`.

    """
    if uri != LOCAL_URI:
        ensure_packages(("genisoimage", "libvirt-clients"))
        Virsh(uri).require()
        return
    ensure_packages(PACKAGES)
    if Virsh(uri).answers():
        return
    with progress("this computer: starting libvirtd", ABOUT_SECONDS):
        if SYSTEMD.is_dir():
            run("systemctl", "enable", "--now", "libvirtd")
        else:
            _start_without_systemd()
        deadline = time.monotonic() + ANSWER_SECONDS
        while not Virsh(uri).answers():
            if time.monotonic() > deadline:
                Virsh(uri).require()
            time.sleep(0.2)


def ensure_packages(packages: tuple[str, ...]) -> None:
    """Install those of the packages that are missing.

    Raises:
        LocalError: this computer has no apt-get, or the installation failed.

    """
    installed = set()
    if shutil.which("dpkg-query"):
        shown = ask("dpkg-query", "--show", "--showformat=${Package} ${Status}\n", *packages)[1]
        installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    install_packages([package for package in packages if package not in installed])


def _start_without_systemd() -> None:
    present = QEMU_CONF.read_text("utf-8") if QEMU_CONF.exists() else ""
    if WITHOUT_SYSTEMD not in present:
        QEMU_CONF.write_text(f"{present}\n{WITHOUT_SYSTEMD}", "utf-8")
    for daemon in ("virtlogd", "libvirtd"):
        status, output = ask("setsid", daemon, "--daemon")
        # It exits when it finds the pid file of a running one.
        if status != 0 and "already" not in output.lower():
            msg = f"{daemon}: did not start: {output.strip()}; see /var/log/libvirt"
            raise LocalError(msg)
