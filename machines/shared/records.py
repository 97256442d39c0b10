"""The small JSON files that outlive a run: read strictly, replaced in one step."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from machines.shared.errors import MachinesError


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


def read_object(file: Path) -> dict[str, Any] | None:
    """Return the object in a JSON file, or None where there is no file.

    Raises:
        MachinesError: the file is not a JSON object.

    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        msg = f"{file}: not JSON ({error}): remove this file, then run again"
        raise MachinesError(msg) from error
    if not isinstance(value, dict):
        msg = f"{file}: a JSON object is expected: remove this file, then run again"
        raise MachinesError(msg)
    return value


def write_object(file: Path, value: dict[str, Any]) -> None:
    """Replace a JSON file in one step; a reader sees the old or the new one, never a half."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as sink:
        sink.write(json.dumps(value, sort_keys=True) + "\n")
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(file)


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
