"""A test run that is alive keeps its stack; the stack of a dead one is swept."""

import os
import subprocess
import sys

import pytest

from machines.shared.owner import Owner, claim
from machines.shared.paths import StackPaths
from tests.support.dead_run import RUNNER, sweep_after_dead_run

STACK = "dead-run"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """The folder of a clone that has claimed the stack."""
    monkeypatch.setenv("ROCKETMQ_MACHINES_ROOT", str(tmp_path / "machines"))
    folder = tmp_path / "clone" / "rocketmq"
    folder.mkdir(parents=True)
    claim(StackPaths(stack=STACK), Owner(token="", path=str(folder)))
    return folder


def test_the_stack_of_a_live_run_is_not_swept(clone):
    words = [sys.executable, "-c", "print(flush=True); input()", "pytest"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe) as other:
        # Until then, /proc may not show its command line yet.
        other.stdout.readline()
        (clone.parent / RUNNER).write_text(str(other.pid))
        with pytest.raises(pytest.fail.Exception, match=f"under test by process {other.pid}"):
            sweep_after_dead_run(STACK, "machines")
        other.stdin.write(b"\n")
        other.stdin.close()


@pytest.mark.parametrize(
    "runner", [None, "4194305", str(os.getpid())], ids=["unsigned", "dead", "our own"]
)
def test_the_stack_of_a_dead_run_is_swept(clone, runner, monkeypatch):
    if runner:
        (clone.parent / RUNNER).write_text(runner)
    ran = []
    monkeypatch.setattr(subprocess, "run", lambda words, **_: ran.append(words[2:]))
    sweep_after_dead_run(STACK, "machines.libvirt", "ready")
    assert ran == [
        ["machines.libvirt", "ready"],
        ["machines.libvirt", "sweep", "--stack", STACK, "--force"],
    ]
