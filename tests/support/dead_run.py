"""Clean up after a killed run of the live tests, whose machines would block every later run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from machines.shared.owner import read_owner
from machines.shared.paths import StackPaths
from project import ROOT
from system.processes import arguments_of

RUNNER = "test-run.pid"
SWEEP_SECONDS = 600


def sign(folder: Path) -> None:
    """Record beside a clone which test run it belongs to."""
    (folder.parent / RUNNER).write_text(str(os.getpid()))


def sweep_after_dead_run(stack: str, tool: str, *before: str) -> None:
    """Remove what a dead run left of a stack that only tests use; fail if its run is alive.

    Args:
        stack: the stack's name.
        tool: the module that owns the machines, `machines` or `machines.libvirt`.
        before: verbs of the tool to run before the sweep.

    """
    owner = read_owner(StackPaths(stack=stack))
    if owner is not None and (runner := _living_runner(Path(owner.path))):
        pytest.fail(f"stack {stack} is under test by process {runner}; wait for it, or stop it")
    for words in (*([verb] for verb in before), ["sweep", "--stack", stack, "--force"]):
        subprocess.run(
            [sys.executable, "-m", tool, *words], cwd=ROOT, timeout=SWEEP_SECONDS, check=True
        )


def _living_runner(clone: Path) -> int | None:
    try:
        pid = int((clone.parent / RUNNER).read_text())
    except (OSError, ValueError):
        return None
    # The kernel reuses process ids.
    return pid if "pytest" in " ".join(arguments_of(pid)) and pid != os.getpid() else None
