"""What /proc says about the processes of this computer.

A process may end while it is read, and some entries of other users' processes need root: both
read as empty.
"""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def process_ids() -> Iterator[int]:
    """Yield the pid of every process that is visible here."""
    with os.scandir(_PROC) as entries:
        yield from (int(entry.name) for entry in entries if entry.name.isdigit())


def name_of(pid: int) -> str:
    """Return the kernel's name of a process, at most 15 characters, or "" when it is gone."""
    return _status(pid, "Name")


def arguments_of(pid: int) -> list[str]:
    """Return the command line of a process; `[""]` when it has ended."""
    return _read(pid, "cmdline").removesuffix("\0").split("\0")


def parent_of(pid: int) -> int:
    """Return the pid of the parent, or 0 when the process is gone or has none."""
    return int(_status(pid, "PPid") or 0)


def has_ended(pid: int) -> bool:
    """Return whether a process is gone, or a zombie that its parent has not reaped yet."""
    return _status(pid, "State")[:1] in ("", "Z", "X")


def working_folder_of(pid: int) -> Path | None:
    """Return the working directory of a process, or None when it cannot be read."""
    try:
        return (_PROC / str(pid) / "cwd").readlink()
    except OSError:
        return None


def mounts_of(pid: int) -> Iterator[list[str]]:
    """Yield the fields of each line in a process's mountinfo; the fifth is the mount point."""
    for line in _read(pid, "mountinfo").splitlines():
        yield line.split(" ")


def own_mounts() -> list[list[str]]:
    """Return the same of this process.

    Raises:
        OSError: it cannot be read, which must not look as if nothing were mounted.

    """
    text = (_PROC / "self" / "mountinfo").read_text("utf-8", errors="surrogateescape")
    return [line.split(" ") for line in text.splitlines()]


def _status(pid: int, key: str) -> str:
    for line in _read(pid, "status").splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return value.strip()
    return ""


def _read(pid: int, entry: str) -> str:
    try:
        return (_PROC / str(pid) / entry).read_text("utf-8", errors="surrogateescape")
    except OSError:
        return ""
