"""The identity that a machine has or will get, determined without changing anything."""

import hashlib
from dataclasses import dataclass

from machines.nspawn.processes import supervisor_of
from machines.nspawn.record import read_machine
from machines.shared.paths import HostPaths, StackPaths


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineIdentity:
    """The incarnation, which differs for a rebuilt machine, and the number of its starts."""

    incarnation: str
    boots: int


def planned_identity(stack: str, host: str) -> MachineIdentity:
    """Return a machine's identity after the next `machine` verb; needs no root.

    A running machine keeps both values and a stopped one is started once more. For a missing one,
    a preview and the `up` after it compute the same new incarnation.

    Raises:
        LocalError: a name is invalid, or the machine's record cannot be read.

    """
    paths = StackPaths(stack=stack).host(host)
    record = read_machine(paths.record_file)
    if record is None:
        return MachineIdentity(incarnation=_absent_incarnation(stack, paths), boots=1)
    if supervisor_of(paths.root) is None:
        return MachineIdentity(incarnation=record.incarnation, boots=record.boots + 1)
    return MachineIdentity(incarnation=record.incarnation, boots=record.booting)


def _absent_incarnation(stack: str, paths: HostPaths) -> str:
    """Derive it from the nearest existing folder, which changes when a machine is removed."""
    folder = paths.folder
    while not folder.exists():
        folder = folder.parent
    seen = folder.stat()
    text = f"{stack}\0{paths.name}\0{seen.st_ino}\0{seen.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
