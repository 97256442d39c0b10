"""The record of a machine, which outlives the runs that start it."""

from dataclasses import asdict, dataclass
from pathlib import Path

from machines.shared.errors import MachinesError
from machines.shared.records import read_object, write_object


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineRecord:
    """What a machine is: written before its first start, and after every start.

    `booting` is the number of the start under way, or of the last one that was interrupted.
    """

    incarnation: str
    boots: int
    booting: int
    address: str
    prefix_length: int
    bridge: str
    image: str


def read_machine(file: Path) -> MachineRecord | None:
    """Return a machine's record, or None for a machine that was never begun.

    Raises:
        MachinesError: the file does not hold exactly a machine's record.

    """
    value = read_object(file)
    if value is None:
        return None
    try:
        return MachineRecord(**value)
    except TypeError as error:
        msg = f"{file}: not a machine's record ({error}): remove this file, then run again"
        raise MachinesError(msg) from error


def write_machine(file: Path, record: MachineRecord) -> None:
    """Replace a machine's record in one step."""
    write_object(file, asdict(record))
