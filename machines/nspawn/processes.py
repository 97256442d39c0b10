"""Which processes belong to a machine, found in /proc, and how they are ended."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from machines.shared.errors import MachinesError

KILL_SECONDS = 20.0
_PROC = Path("/proc")


def process_ids() -> Iterator[int]:
    """Yield the number of every process that this computer shows."""
    for name in os.listdir(_PROC):  # noqa: PTH208 - names only: no stat per process
        if name.isdigit():
            yield int(name)


def supervisor_of(root: Path) -> int | None:
    """Return the pid of the systemd-nspawn that runs the machine on this root; needs no root.

    The pid of a file on disk could be stale or another's; the command line cannot.
    """
    wanted = f"--directory={root}".encode()
    for pid in process_ids():
        arguments = _read(pid, "cmdline").split(b"\0")
        if wanted in arguments[1:] and arguments[0].endswith(b"systemd-nspawn"):
            return pid
    return None


def running_below(hosts_folder: Path) -> set[str]:
    """Return the names of the machines that run below a stack's folder, files or not."""
    start = f"--directory={hosts_folder}/".encode()
    return {
        argument[len(start) :].split(b"/")[0].decode()
        for pid in process_ids()
        for argument in _read(pid, "cmdline").split(b"\0")
        if argument.startswith(start)
    }


def is_inside(pid: int, upper: Path) -> bool:
    """Return whether the root of a process is the overlay with this upper folder."""
    mark = f"upperdir={upper}".encode()
    for line in _read(pid, "mountinfo").splitlines():
        fields = line.split(b" ")
        if fields[4:5] == [b"/"] and mark in fields[-1].split(b","):
            return True
    return False


def leader_of(supervisor: int, upper: Path) -> int | None:
    """Return the pid, as seen from outside, of the machine's own first process."""
    for pid in process_ids():
        if parent_of(pid) == supervisor and is_inside(pid, upper):
            return pid
    return None


def parent_of(pid: int) -> int | None:
    """Return the parent's pid, or None when the process is gone."""
    for line in _read(pid, "status").splitlines():
        if line.startswith(b"PPid:"):
            return int(line.split()[1])
    return None


def members_of(root: Path, upper: Path) -> list[int]:
    """Return every process of a machine: its supervisor and all that run on its root."""
    inside = [pid for pid in process_ids() if is_inside(pid, upper)]
    supervisor = supervisor_of(root)
    return inside if supervisor is None else [supervisor, *inside]


def kill_members(root: Path, upper: Path) -> None:
    """End every process of a machine at once, and wait until all are gone.

    Raises:
        MachinesError: a process is still there after `KILL_SECONDS`.

    """
    deadline = time.monotonic() + KILL_SECONDS
    dying: set[int] = set()
    while members := dying.union(members_of(root, upper)):
        if time.monotonic() > deadline:
            pid = min(members)
            msg = f"{root}: process {pid} survives SIGKILL for {KILL_SECONDS:.0f} s: reboot"
            raise MachinesError(msg)
        for pid in members:
            _kill(pid)
        time.sleep(0.02)
        # Until a process is a zombie it may hold the machine's mounts, though they show no more.
        dying = {pid for pid in members if not _has_ended(pid)}


def _has_ended(pid: int) -> bool:
    status = _read(pid, "status")
    return not status or b"\nState:\tZ" in status or b"\nState:\tX" in status


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _read(pid: int, name: str) -> bytes:
    # A process may end while it is looked at (then mountinfo is even an invalid argument), and
    # that of others needs root: nothing can be told of either.
    try:
        return (_PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
