"""A cgroup of its own for each machine, where no systemd on this computer gives it one.

Without it the machines share one: systemd in one of them would count, and wait for, the
processes of the other's services of the same name.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from machines.shared.errors import MachinesError

REMOVE_SECONDS = 10.0
_TREES = Path("/sys/fs/cgroup")
# What systemd in a machine manages on cgroup v1, and the v2 tree beside it.
_MANAGED = {"systemd", "unified", "blkio", "cpu", "cpuacct", "devices", "memory", "pids"}


def is_systemd_first() -> bool:
    """Return whether this computer was booted with systemd."""
    return Path("/run/systemd/system").is_dir()


def has_one_cgroup_tree() -> bool:
    """Return whether this computer has cgroup v2 alone."""
    return (_TREES / "cgroup.controllers").exists()


def make_cgroups(device: str) -> list[Path]:
    """Make a machine's cgroup in every tree that a machine manages, and return them.

    Raises:
        MachinesError: the trees cannot be written, as in a container without privileges.

    """
    groups = [tree / device for tree in _managed_trees()]
    for group in groups:
        try:
            group.mkdir(exist_ok=True)
        except OSError as error:
            msg = f"{group}: {error.strerror}: machines need cgroups that root may write"
            raise MachinesError(msg) from error
    return groups


def remove_cgroups(device: str) -> None:
    """Remove a machine's cgroups, once its last processes have left them.

    Raises:
        MachinesError: one is still busy after `REMOVE_SECONDS`.

    """
    deadline = time.monotonic() + REMOVE_SECONDS
    for tree in _managed_trees():
        while (tree / device).is_dir():
            try:
                for folder, _, _ in os.walk(tree / device, topdown=False):
                    Path(folder).rmdir()
            except OSError as error:
                if time.monotonic() > deadline:
                    msg = f"{tree / device}: not removed: {error.strerror}: run `make down` again"
                    raise MachinesError(msg) from error
                time.sleep(0.02)


def _managed_trees() -> Iterator[Path]:
    if is_systemd_first():
        return
    if has_one_cgroup_tree():
        yield _TREES
        return
    for tree in sorted(_TREES.iterdir()):
        is_managed = _MANAGED.intersection(tree.name.split(","))
        if is_managed and not tree.is_symlink() and (tree / "cgroup.procs").exists():
            yield tree
