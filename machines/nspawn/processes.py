"""Find and kill the processes of a machine."""

import contextlib
import os
import signal
import time
from pathlib import Path

from system.errors import LocalError
from system.processes import arguments_of, has_ended, mounts_of, parent_of, process_ids

KILL_SECONDS = 20.0


def supervisor_of(root: Path) -> int | None:
    """Return the pid of the systemd-nspawn that runs the machine with this root folder.

    It is recognized by its command line, since a recorded pid may have been reused. Needs no root.
    """
    wanted = f"--directory={root}"
    for pid in process_ids():
        program, *arguments = arguments_of(pid)
        if wanted in arguments and program.endswith("systemd-nspawn"):
            return pid
    return None


def running_below(hosts_folder: Path) -> set[str]:
    """Return the names of a stack's running machines, even if their files are gone."""
    start = f"--directory={hosts_folder}/"
    return {
        argument.removeprefix(start).partition("/")[0]
        for pid in process_ids()
        for argument in arguments_of(pid)
        if argument.startswith(start)
    }


def is_inside(pid: int, upper: Path) -> bool:
    """Return whether the root of a process is the overlay with this upper folder."""
    mark = f"upperdir={upper}"
    return any(fields[4:5] == ["/"] and mark in fields[-1].split(",") for fields in mounts_of(pid))


def leader_of(supervisor: int, upper: Path) -> int | None:
    """Return the pid, on this computer, of the machine's init process."""
    for pid in process_ids():
        if parent_of(pid) == supervisor and is_inside(pid, upper):
            return pid
    return None


def processes_of(root: Path, upper: Path) -> list[int]:
    """Return the pids of a machine: its supervisor and all processes inside it."""
    inside = [pid for pid in process_ids() if is_inside(pid, upper)]
    supervisor = supervisor_of(root)
    return inside if supervisor is None else [supervisor, *inside]


def kill_processes(root: Path, upper: Path) -> None:
    """Kill all processes of a machine; raise LocalError if one remains after `KILL_SECONDS`."""
    deadline = time.monotonic() + KILL_SECONDS
    dying: set[int] = set()
    while members := dying.union(processes_of(root, upper)):
        if time.monotonic() > deadline:
            pid = min(members)
            msg = f"{root}: process {pid} still runs {KILL_SECONDS:.0f} s after SIGKILL: reboot"
            raise LocalError(msg)
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
        # Until it is a zombie, a process may hold mounts that /proc no longer shows.
        dying = {pid for pid in members if not has_ended(pid)}
