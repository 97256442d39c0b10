"""The next `make up` or `make down` repairs whatever a killed `make up` leaves behind."""

import os
import random
import signal
import subprocess
import time

import pytest

from tests.local.clone import Clone, leftovers, remove
from tests.support.dead_run import sign, sweep_after_dead_run

pytestmark = pytest.mark.local

KILLS = int(os.environ.get("KILLS", "20"))
LONGEST_UP_SECONDS = 35


@pytest.fixture
def victim(tmp_path):
    sweep_after_dead_run("victim", "machines")
    clone = Clone(tmp_path / "rocketmq", "victim", "10.98.66.0/24")
    sign(clone.folder)
    assert clone.make("setup").returncode == 0
    yield clone
    remove(clone)


def kill_up_at(clone: Clone, words: str, *, whole_group: bool) -> None:
    """Start `make up` and kill it when it prints `words`."""
    seen = []
    with clone.start_up() as process:
        for line in process.stdout:
            seen.append(line)
            if words in line:
                break
        else:
            pytest.fail(f"{words!r} was never printed:\n{''.join(seen)[-3000:]}")
        kill(process, whole_group=whole_group)


def kill(process, *, whole_group: bool) -> None:
    if process.poll() is None:
        if whole_group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def test_down_leaves_nothing_after_a_kill_during_the_creation_of_machines(victim):
    kill_up_at(victim, "server1-machine creating", whole_group=True)
    done = victim.make("down")
    assert done.returncode == 0, done.stdout
    assert leftovers(victim) == []
    assert victim.git_changes() == ""


def test_up_works_after_kills_during_the_installation_and_the_start_of_processes(victim):
    kill_up_at(victim, "rocketmq-unpacked creating", whole_group=False)
    kill_up_at(victim, "namesrv-server1-step creating", whole_group=True)
    done = victim.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "OK: stack victim" in done.stdout
    assert victim.git_changes() == ""


@pytest.mark.kills
def test_up_works_after_kills_at_random_moments(victim):
    seed = random.randrange(2**32)
    moments = random.Random(seed)
    for number in range(KILLS):
        pause = moments.uniform(0, LONGEST_UP_SECONDS)
        deadline = time.monotonic() + pause
        with victim.start_up(subprocess.DEVNULL) as process:
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            kill(process, whole_group=moments.random() < 0.5)
        target = moments.choice(("up", "up", "down"))
        done = victim.make(target)
        assert done.returncode == 0, (
            f"seed {seed}, kill {number} after {pause:.1f} s, {target}: {done.stdout[-6000:]}"
        )
        if target == "up" and moments.random() < 0.5:
            assert victim.make("down").returncode == 0
            target = "down"
        assert target == "up" or leftovers(victim) == []
