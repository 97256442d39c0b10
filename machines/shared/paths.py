"""The paths of a stack on this computer, and the names of its devices."""

import hashlib
import os
import re
from pathlib import Path

from blueprint.hosts.names import short_digest
from system.errors import LocalError

DEFAULT_ROOT = "/var/lib/rocketmq-pulumi"
ROOT_VARIABLE = "ROCKETMQ_MACHINES_ROOT"
_STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def machines_root() -> Path:
    """Return the folder that has one folder per stack."""
    return Path(os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT)


class StackPaths:
    """The paths of a stack: its folder, records and lock; refuses an invalid folder name."""

    def __init__(self, stack: str) -> None:
        if not _STACK_NAME.fullmatch(stack):
            msg = f"stack {stack!r}: must contain only letters, digits, '-', '_' and '.'"
            raise LocalError(msg)
        self.stack = stack
        self.folder = machines_root() / stack
        self.owner_file = self.folder / "owner.json"
        self.network_file = self.folder / "network.json"
        # It has one folder per machine.
        self.hosts_folder = self.folder / "hosts"
        # For verbs on the whole stack.
        self.lock_file = lock_of(self.folder)

    def host(self, name: str) -> "HostPaths":
        """Return the paths of a machine of this stack."""
        return HostPaths(self.hosts_folder, name)

    def host_names(self) -> tuple[str, ...]:
        """Return the names of all machines with a folder, complete or not, sorted."""
        if not self.hosts_folder.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in self.hosts_folder.iterdir()))


class HostPaths:
    """The paths of a machine, and the name of its devices; refuses an invalid host name."""

    def __init__(self, hosts_folder: Path, name: str) -> None:
        if not _HOST_NAME.fullmatch(name):
            msg = f"machine {name!r}: must contain only lower-case letters, digits and '-'"
            raise LocalError(msg)
        self.name = name
        self.stack = hosts_folder.parent.name
        self.folder = hosts_folder / name
        # A folder without this record is not a machine.
        self.record_file = self.folder / "machine.json"
        # The output of the machine's last start.
        self.console_log = self.folder / "console.log"
        # Only root may enter it, since set-uid files are in it.
        self.disk = self.folder / "disk"
        # The overlay's folders: all that differs from the image, its own, and its mount point.
        self.upper, self.work, self.root = (self.disk / name for name in ("upper", "work", "root"))
        # The name of veth, network namespace and nspawn machine: 14 characters.
        self.device = f"rmq-{short_digest(str(self.folder))}"
        self.namespace_file = Path("/run/netns") / self.device
        # For verbs on the machine.
        self.lock_file = lock_of(self.folder)


def lock_of(folder: Path) -> Path:
    """Return the lock file for what is done to a folder."""
    return Path("/run/lock") / f"rocketmq-pulumi-{short_digest(str(folder))}.lock"


def fixed_mac(text: str) -> str:
    """Return a locally administered MAC address derived from the text."""
    return "02:" + ":".join(f"{byte:02x}" for byte in hashlib.sha256(text.encode()).digest()[:5])
