"""Switch virtual machines on, and shut them down gracefully if they answer."""

import sys
import time

from machines.libvirt.virsh import Virsh
from machines.shared.ssh import sshd_answers
from system.errors import LocalError

SHUTDOWN_SECONDS = 240.0
EMULATED_SHUTDOWN_SECONDS = 900.0
# An emulated machine may take some seconds to answer.
BANNER_SECONDS = 20.0
PROGRESS_SECONDS = 15.0


def ensure_on(virsh: Virsh, domain: str) -> None:
    """Start a virtual machine if it is not running.

    Raises:
        LocalError: it is not defined, does not start, or does not stay on.

    """
    if _state(virsh, domain) == "running":
        return
    virsh.run("start", domain)
    if _state(virsh, domain) != "running":
        msg = f"{domain}: did not stay on; see /var/log/libvirt/qemu/{domain}.log"
        raise LocalError(msg)


def shut_down(virsh: Virsh, domain: str, address: str, *, emulated: bool) -> None:
    """Have a virtual machine stop its services and power off.

    One that is gone, off or does not answer is skipped: it is powered off later.
    """
    if _state(virsh, domain) != "running":
        return
    if not sshd_answers(address, BANNER_SECONDS):
        sys.stderr.write(
            f"{domain}: does not answer at {address}, so it is powered off without a shutdown\n"
        )
        return
    seconds = EMULATED_SHUTDOWN_SECONDS if emulated else SHUTDOWN_SECONDS
    begun = reported = time.monotonic()
    sys.stderr.write(f"{domain}: shutting down, so that its brokers flush to disk\n")
    virsh.ask("shutdown", domain, "--mode", "acpi")
    while _state(virsh, domain) == "running":
        if time.monotonic() - begun > seconds:
            sys.stderr.write(f"{domain}: still on after {seconds:.0f} s; powering it off\n")
            return
        if time.monotonic() - reported > PROGRESS_SECONDS:
            reported = time.monotonic()
            sys.stderr.write(f"{domain}: shutting down, {reported - begun:.0f} s\n")
        time.sleep(0.5)
    sys.stderr.write(f"{domain}: off after {time.monotonic() - begun:.0f} s\n")


def _state(virsh: Virsh, domain: str) -> str:
    """Return the state as virsh prints it, such as `running`, or "" for no such domain."""
    status, output = virsh.ask("domstate", domain)
    return output.strip() if status == 0 else ""
