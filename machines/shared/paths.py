"""The paths of a stack on this computer, and the names of its devices."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from system.errors import LocalError

DEFAULT_ROOT = "/var/lib/rocketmq-pulumi"
ROOT_VARIABLE = "ROCKETMQ_MACHINES_ROOT"
_STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def machines_root() -> Path:
    """Return the folder that has one folder per stack."""
    return Path(os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT)


@dataclass(frozen=True, kw_only=True, slots=True)
class StackPaths:
    """The paths of a stack: its folder, records and lock.

    Raises:
        LocalError: the stack's name is not a valid folder name.

    """

    stack: str

    def __post_init__(self) -> None:
        """Check the name."""
        if not _STACK_NAME.fullmatch(self.stack):
            msg = f"stack {self.stack!r}: allowed are letters, digits, '-', '_' and '.'"
            raise LocalError(msg)

    @property
    def folder(self) -> Path:
        """Return the folder that holds everything of the stack."""
        return machines_root() / self.stack

    @property
    def owner_file(self) -> Path:
        """Return the record of the stack's owner."""
        return self.folder / "owner.json"

    @property
    def network_file(self) -> Path:
        """Return the record of the stack's bridge."""
        return self.folder / "network.json"

    @property
    def hosts_folder(self) -> Path:
        """Return the folder that has one folder per machine."""
        return self.folder / "hosts"

    @property
    def lock_file(self) -> Path:
        """Return the lock file for verbs on the whole stack."""
        return Path("/run/lock") / f"rocketmq-pulumi-{short_digest(str(self.folder))}.lock"

    def host(self, name: str) -> "HostPaths":
        """Return the paths of a machine of this stack."""
        return HostPaths(stack=self, name=name)

    def host_names(self) -> tuple[str, ...]:
        """Return the names of all machines with a folder, complete or not, sorted."""
        if not self.hosts_folder.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in self.hosts_folder.iterdir()))


@dataclass(frozen=True, kw_only=True, slots=True)
class HostPaths:
    """The paths of a machine: its folder, disk and lock, and the name of its devices.

    Raises:
        LocalError: the machine's name is not a valid host name.

    """

    stack: StackPaths
    name: str

    def __post_init__(self) -> None:
        """Check the name."""
        if not _HOST_NAME.fullmatch(self.name):
            msg = f"machine {self.name!r}: allowed are lower-case letters, digits and '-'"
            raise LocalError(msg)

    @property
    def folder(self) -> Path:
        """Return the folder that holds everything of the machine."""
        return self.stack.hosts_folder / self.name

    @property
    def record_file(self) -> Path:
        """Return the machine's record; a folder without it is not a machine."""
        return self.folder / "machine.json"

    @property
    def console_log(self) -> Path:
        """Return the console output of the machine's last start."""
        return self.folder / "console.log"

    @property
    def disk(self) -> Path:
        """Return the folder that only root may enter, since set-uid files are in it."""
        return self.folder / "disk"

    @property
    def upper(self) -> Path:
        """Return the overlay's upper folder: all that differs from the image."""
        return self.disk / "upper"

    @property
    def work(self) -> Path:
        """Return the overlay's work folder."""
        return self.disk / "work"

    @property
    def root(self) -> Path:
        """Return the mount point of the overlay."""
        return self.disk / "root"

    @property
    def device(self) -> str:
        """Return the name of veth, network namespace and nspawn machine: 14 characters."""
        return f"rmq-{short_digest(str(self.folder))}"

    @property
    def namespace_file(self) -> Path:
        """Return the file of the machine's network namespace."""
        return Path("/run/netns") / self.device

    @property
    def lock_file(self) -> Path:
        """Return the lock file for verbs on the machine."""
        return Path("/run/lock") / f"rocketmq-pulumi-{short_digest(str(self.folder))}.lock"


def short_digest(text: str) -> str:
    """Return the first ten hex digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def fixed_mac(text: str) -> str:
    """Return a locally administered MAC address derived from the text."""
    return "02:" + ":".join(f"{byte:02x}" for byte in hashlib.sha256(text.encode()).digest()[:5])
