"""Where everything of a stack lies on this computer, and what its devices are called."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from machines.shared.errors import MachinesError

DEFAULT_ROOT = "/var/lib/rocketmq-pulumi"
ROOT_VARIABLE = "ROCKETMQ_MACHINES_ROOT"
_STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def machines_root() -> Path:
    """Return the folder with one folder per stack."""
    return Path(os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT)


@dataclass(frozen=True, kw_only=True, slots=True)
class StackPlace:
    """A stack's folder, its records and its lock.

    Raises:
        MachinesError: the stack's name cannot be a folder's name.

    """

    stack: str

    def __post_init__(self) -> None:
        """Refuse a name that is not one folder."""
        if not _STACK_NAME.fullmatch(self.stack):
            msg = f"stack {self.stack!r}: allowed are letters, digits, '-', '_' and '.'"
            raise MachinesError(msg)

    @property
    def folder(self) -> Path:
        """Return the folder with everything of the stack."""
        return machines_root() / self.stack

    @property
    def owner_file(self) -> Path:
        """Return the record of whose the stack is."""
        return self.folder / "owner.json"

    @property
    def network_file(self) -> Path:
        """Return the record of the stack's bridge."""
        return self.folder / "network.json"

    @property
    def hosts_folder(self) -> Path:
        """Return the folder with one folder per machine."""
        return self.folder / "hosts"

    @property
    def lock_file(self) -> Path:
        """Return the file that a verb on the whole stack locks."""
        return Path("/run/lock") / f"rocketmq-pulumi-{short_digest(str(self.folder))}.lock"

    def host(self, name: str) -> "HostPlace":
        """Return the place of one machine of this stack."""
        return HostPlace(stack=self, name=name)

    def host_names(self) -> tuple[str, ...]:
        """Return the machines that have a folder, finished or not, in order."""
        if not self.hosts_folder.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in self.hosts_folder.iterdir()))


@dataclass(frozen=True, kw_only=True, slots=True)
class HostPlace:
    """A machine's folder, its disk, and the names of its devices.

    Raises:
        MachinesError: the machine's name cannot be a host name.

    """

    stack: StackPlace
    name: str

    def __post_init__(self) -> None:
        """Refuse a name that is not a host name."""
        if not _HOST_NAME.fullmatch(self.name):
            msg = f"machine {self.name!r}: allowed are lower-case letters, digits and '-'"
            raise MachinesError(msg)

    @property
    def folder(self) -> Path:
        """Return the folder with everything of the machine."""
        return self.stack.hosts_folder / self.name

    @property
    def record_file(self) -> Path:
        """Return the machine's record; without it there is no machine."""
        return self.folder / "machine.json"

    @property
    def console_log(self) -> Path:
        """Return what the machine's last start printed."""
        return self.folder / "console.log"

    @property
    def disk(self) -> Path:
        """Return the folder that only root may enter: it holds the machine's set-uid files too."""
        return self.folder / "disk"

    @property
    def upper(self) -> Path:
        """Return the folder with what differs from the image: the machine's data."""
        return self.disk / "upper"

    @property
    def work(self) -> Path:
        """Return the folder that the overlay needs for itself."""
        return self.disk / "work"

    @property
    def root(self) -> Path:
        """Return where the overlay is mounted."""
        return self.disk / "root"

    @property
    def device(self) -> str:
        """Name of the machine's veth, network namespace and nspawn machine: 14 characters."""
        return f"rmq-{short_digest(str(self.folder))}"

    @property
    def namespace_file(self) -> Path:
        """Return the file of the machine's network namespace."""
        return Path("/run/netns") / self.device

    @property
    def lock_file(self) -> Path:
        """Return the file that a verb on the machine locks."""
        return Path("/run/lock") / f"rocketmq-pulumi-{short_digest(str(self.folder))}.lock"


def short_digest(text: str) -> str:
    """Return ten hex digits of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def fixed_mac(text: str) -> str:
    """Return a locally administered MAC address that stays the same for the same text."""
    return "02:" + ":".join(f"{byte:02x}" for byte in hashlib.sha256(text.encode()).digest()[:5])
