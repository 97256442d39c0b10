"""The record of a machine, which outlives the run that made it."""

from dataclasses import asdict, dataclass
from pathlib import Path

from machines.shared.records import read_object, write_object
from system.errors import LocalError


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineRecord:
    """Written before and after every start.

    `boots` is the number of completed starts; `booting` that of the latest start, which may not be
    complete.
    """

    incarnation: str
    boots: int
    booting: int
    address: str
    prefix_length: int
    bridge: str
    image: str


def read_machine(file: Path) -> MachineRecord | None:
    """Return a machine's record, or None if there is no such file.

    Raises:
        LocalError: the file is not a machine's record.

    """
    value = read_object(file)
    if value is None:
        return None
    try:
        return MachineRecord(**value)
    except TypeError as error:
        msg = f"{file}: not a machine's record ({error}); remove this file, then run again"
        raise LocalError(msg) from error


def write_machine(file: Path, record: MachineRecord) -> None:
    """Replace a machine's record atomically."""
    write_object(file, asdict(record))
