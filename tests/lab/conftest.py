import shutil
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from tests.lab.machines import daemon_runs, leftovers_of, stop_daemons
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts
from tests.support.dead_run import sign, sweep_after_dead_run
from tests.support.root import require_root

STACK = "labtest"
NETWORK = "192.168.65.0/24"
UP_SECONDS = 2400
LOGIN_SECONDS = 10


@pytest.fixture(scope="session", autouse=True)
def _only_as_root():
    require_root("tests/lab")


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """A new clone whose machines and cluster were brought up by `pulumi up`."""
    with made_lab(tmp_path_factory) as made:
        yield made


@contextmanager
def made_lab(tmp_path_factory, **settings):
    """Bring the lab up with changed settings; take it down at the end and check for leftovers."""
    ran_before = daemon_runs()
    sweep_after_dead_run(STACK, "machines.libvirt", "ready")
    made = Clone(tmp_path_factory.mktemp("clone") / "rocketmq", STACK, NETWORK, like="lab")
    sign(made.folder)
    made.change(**settings)
    try:
        preview = made.make("preview", seconds=UP_SECONDS)
        assert preview.returncode == 0, preview.stdout[-6000:]
        started = time.monotonic()
        with logging_in_meanwhile(made) as made.early_logins:
            done = made.pulumi("up --yes --skip-preview", seconds=UP_SECONDS)
        say(f"pulumi up: {time.monotonic() - started:.0f} s\n{timings_of(done.stdout)}")
        assert done.returncode == 0, done.stdout[-6000:]
        made.first_up = done.stdout
        yield made
    finally:
        down = made.make("down")
        left = leftovers_of(STACK)
        if not ran_before:
            stop_daemons()
        shutil.rmtree(made.folder)
        assert down.returncode == 0, down.stdout[-3000:]
        assert left == []


@contextmanager
def logging_in_meanwhile(made):
    """Try `make ssh` until it succeeds or the block ends.

    Yield a list of tries: whether the block had not ended after it, and what it printed.
    """
    tries, ended = [], threading.Event()

    def log_in():
        while not ended.is_set():
            done = made.make("ssh", "HOST=server1", "CMD=hostname", seconds=UP_SECONDS)
            tries.append((not ended.is_set(), done.stdout))
            if "server1\n" in done.stdout:
                return
            ended.wait(LOGIN_SECONDS)

    thread = threading.Thread(target=log_in)
    thread.start()
    try:
        yield tries
    finally:
        ended.set()
        thread.join()


@pytest.fixture
def hosts(clone, tmp_path):
    return LiveHosts(clone.outputs(), tmp_path)


def say(text: str) -> None:
    """Print a line immediately, bypassing pytest's capture: these tests take many minutes."""
    sys.__stderr__.write(f"\nlab: {text}\n")
    sys.__stderr__.flush()


def timings_of(output: str) -> str:
    """Return the lines of an update's output with durations."""
    marks = ("-domain created", "first-contact created", "-step created", "verified server")
    return "\n".join(line for line in output.splitlines() if any(mark in line for mark in marks))
