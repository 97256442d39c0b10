"""Which identity a machine has or will get, read from this computer without changing it."""

import hashlib
from dataclasses import dataclass

from machines.nspawn.processes import supervisor_of
from machines.nspawn.record import read_machine
from machines.shared.places import HostPlace, StackPlace


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineIdentity:
    """The machine's life (another one means another machine) and the number of its start."""

    incarnation: str
    boots: int


def planned_identity(stack: str, host: str) -> MachineIdentity:
    """Return what a machine will be after the next `machine` verb; needs no root.

    A running machine keeps both numbers, a stopped one is started once more, and an absent one
    gets an incarnation that a preview and the `up` after it agree on.

    Raises:
        MachinesError: a name is not allowed, or the machine's record cannot be read.

    """
    place = StackPlace(stack=stack).host(host)
    record = read_machine(place.record_file)
    if record is None:
        return MachineIdentity(incarnation=_absent_incarnation(place), boots=1)
    if supervisor_of(place.root) is None:
        return MachineIdentity(incarnation=record.incarnation, boots=record.boots + 1)
    return MachineIdentity(incarnation=record.incarnation, boots=record.booting)


def _absent_incarnation(place: HostPlace) -> str:
    """Derive the next life from the absence: the nearest folder changes when a machine goes."""
    folder = place.folder
    while not folder.exists():
        folder = folder.parent
    seen = folder.stat()
    text = f"{place.stack.stack}\0{place.name}\0{seen.st_ino}\0{seen.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
