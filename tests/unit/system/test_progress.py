"""A long step says what it does before it begins, then at least every 15 s, and when it ends."""

import io
import subprocess
import sys
import threading

import pytest

from project import ROOT
from system import progress as progress_module
from system.progress import EVERY_SECONDS, Clock, duration, progress, say


class FakeClock(Clock):
    """Time that passes only between two lines of a step; the step ends after `beats` of them."""

    def __init__(self, beats=0):
        self.seconds, self.beats = 0.0, beats
        self.all_printed = threading.Event()

    def now(self):
        return self.seconds

    def wait(self, ended):
        if not self.beats:
            self.all_printed.set()
            return ended.wait()
        self.beats -= 1
        self.seconds += EVERY_SECONDS
        return False


def run_step(clock, **options):
    with progress("image", 60, clock=clock, **options):
        clock.all_printed.wait()


def test_a_step_is_announced_before_it_begins_and_reported_while_it_lasts(capsys):
    run_step(FakeClock(beats=3))
    assert capsys.readouterr().err.splitlines() == [
        "image (about 60 s)",
        "image: 10 s",
        "image: 20 s",
        "image: 30 s",
        "image: done in 30 s",
    ]


def test_the_line_before_a_step_is_printed_before_its_first_instruction(capsys):
    with progress("image", 60, clock=FakeClock()):
        assert capsys.readouterr().err == "image (about 60 s)\n"


def test_a_quick_step_has_no_line_in_between(capsys):
    run_step(FakeClock())
    first, last = capsys.readouterr().err.splitlines()
    assert (first, last) == ("image (about 60 s)", "image: done in 0 s")


def test_no_silence_is_longer_than_15_s():
    assert EVERY_SECONDS < 15


def test_the_clock_waits_until_the_next_line_or_the_end(monkeypatch):
    monkeypatch.setattr(progress_module, "EVERY_SECONDS", 0.001)
    ended = threading.Event()
    assert not Clock().wait(ended)
    ended.set()
    assert Clock().wait(ended)


def test_a_line_tells_how_far_the_step_is(capsys):
    run_step(FakeClock(beats=1), detail=lambda: "217 packages compiled")
    assert "image: 10 s: 217 packages compiled\n" in capsys.readouterr().err


def test_a_failed_step_is_reported_as_failed(capsys):
    with pytest.raises(ValueError, match="no space"), progress("image", 60, clock=FakeClock(1)):
        raise ValueError("no space")
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("image: failed after ")


def test_a_step_that_says_so_is_reported_as_failed(capsys):
    with progress("image", 60, clock=FakeClock()) as step:
        step.failed = True
    assert capsys.readouterr().err.splitlines()[-1] == "image: failed after 0 s"


def test_no_thread_is_left_after_a_step():
    before = threading.active_count()
    run_step(FakeClock(beats=1))
    assert threading.active_count() == before


def test_what_moves_a_cursor_is_left_out_of_a_line(capsys):
    say("\x1b[2K\rdownloading\x1b[32m 10 %\x1b[0m")
    assert capsys.readouterr().err == "downloading 10 %\n"


def test_lines_of_several_threads_stay_whole(monkeypatch):
    written = []

    class Stream(io.StringIO):
        def write(self, text):
            written.append(text)
            return len(text)

    monkeypatch.setattr(sys, "stderr", Stream())
    threads = [threading.Thread(target=say, args=(f"line {n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == sorted(f"line {n}\n" for n in range(20))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "5 s"), (90, "90 s"), (119.4, "119 s"), (120, "2 min"), (200, "3 min")],
)
def test_times_are_rounded(seconds, text):
    assert duration(seconds) == text


def run_command(*words):
    """Run a command of the Makefile with an interpreter that has no packages."""
    command = [sys.executable, "-S", "-m", "system.step", "Python environment", "30", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_command_of_the_makefile_is_one_step_without_any_package():
    done = run_command("sh", "-c", "echo its output; echo its complaint >&2")
    assert (done.returncode, done.stdout) == (0, "its output\n")
    first, complaint, last = done.stderr.splitlines()
    assert (first, complaint) == ("Python environment (about 30 s)", "its complaint")
    assert last.startswith("Python environment: done in ")


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -9 $$", 137)])
def test_the_status_of_a_failed_command_is_passed_on(script, status):
    done = run_command("sh", "-c", script)
    assert done.returncode == status
    assert done.stderr.splitlines()[-1].startswith("Python environment: failed after ")


def test_a_missing_command_is_one_line():
    done = run_command("no-such-tool")
    assert done.returncode == 1
    assert done.stderr.endswith(
        "Python environment: no-such-tool: not found on this computer; install it\n"
    )
