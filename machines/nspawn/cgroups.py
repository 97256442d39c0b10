"""A cgroup for each machine, on computers without a systemd that would make one.

In a shared cgroup, the systemd of one machine would count and wait for processes that belong to
the other machine's services of the same name.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from machines.shared.paths import HostPaths
from system.errors import LocalError

REMOVE_SECONDS = 10.0
_TREES = Path("/sys/fs/cgroup")
# The cgroup v1 hierarchies that systemd in a machine manages, and the v2 one beside them.
_MANAGED = {"systemd", "unified", "blkio", "cpu", "cpuacct", "devices", "memory", "pids"}


def runs_systemd() -> bool:
    """Return whether this computer runs systemd."""
    return Path("/run/systemd/system").is_dir()


def has_unified_cgroups() -> bool:
    """Return whether this computer has cgroup v2 only."""
    return (_TREES / "cgroup.controllers").exists()


def make_cgroups(device: str) -> list[Path]:
    """Make a machine's cgroup in every hierarchy that its systemd manages, and return them.

    Raises:
        LocalError: a hierarchy is not writable, as in an unprivileged container.

    """
    groups = [tree / device for tree in _managed_trees()]
    for group in groups:
        try:
            group.mkdir(exist_ok=True)
        except OSError as error:
            msg = f"{group}: {error.strerror}: machines need cgroups that root can write to"
            raise LocalError(msg) from error
    return groups


def remove_cgroups(host: HostPaths) -> None:
    """Remove a machine's cgroups; raise LocalError if one is in use after `REMOVE_SECONDS`."""
    deadline = time.monotonic() + REMOVE_SECONDS
    for tree in _managed_trees():
        group = tree / host.device
        while group.is_dir():
            try:
                for folder, _, _ in os.walk(group, topdown=False):
                    Path(folder).rmdir()
            except OSError as error:
                if time.monotonic() > deadline:
                    msg = (
                        f"{group}: not removed: {error.strerror}; "
                        f"run `make down STACK={host.stack}` again"
                    )
                    raise LocalError(msg) from error
                time.sleep(0.02)


def _managed_trees() -> Iterator[Path]:
    if runs_systemd():
        return
    if has_unified_cgroups():
        yield _TREES
        return
    for tree in sorted(_TREES.iterdir()):
        is_managed = _MANAGED.intersection(tree.name.split(","))
        if is_managed and not tree.is_symlink() and (tree / "cgroup.procs").exists():
            yield tree
