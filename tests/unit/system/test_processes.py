"""Processes are read from /proc; one that has ended reads as empty."""

import os
import subprocess
import sys

import pytest

from system.processes import (
    arguments_of,
    has_ended,
    mounts_of,
    name_of,
    parent_of,
    process_ids,
    working_folder_of,
)


@pytest.fixture
def zombie():
    """The pid of a process that ended and has not been reaped."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    yield process.pid
    process.wait()


@pytest.fixture
def gone():
    """The pid of a process that was reaped."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


SCRIPT = "echo started; read -r _"


@pytest.fixture
def running(tmp_path):
    words = ["sh", "-c", SCRIPT]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=tmp_path, stdin=pipe, stdout=pipe) as process:
        process.stdout.readline()
        yield process.pid
        process.stdin.close()


def test_a_running_process_has_name_arguments_parent_and_folder(running, tmp_path):
    assert running in set(process_ids())
    assert name_of(running) == "sh"
    assert arguments_of(running) == ["sh", "-c", SCRIPT]
    assert parent_of(running) == os.getpid()
    assert working_folder_of(running) == tmp_path
    assert not has_ended(running)


def test_a_zombie_has_ended(zombie):
    assert has_ended(zombie)
    assert working_folder_of(zombie) is None


def test_a_process_that_is_gone_reads_as_empty(gone):
    assert has_ended(gone)
    assert (name_of(gone), arguments_of(gone), parent_of(gone)) == ("", [""], 0)
    assert working_folder_of(gone) is None
    assert list(mounts_of(gone)) == []


def test_a_process_sees_the_root_mount():
    assert "/" in [fields[4] for fields in mounts_of(os.getpid())]
