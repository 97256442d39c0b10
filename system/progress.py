"""Say on stderr what a long step does: before it begins, every ten seconds, and when it ends."""

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_SECONDS = 10.0
"""Seconds between two lines of one step; a silence of 15 s looks like a hang."""

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
_MINUTES_FROM_SECONDS = 120


class Clock:
    """The passing of time; tests use one of their own."""

    def now(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()

    def wait(self, ended: threading.Event) -> bool:
        """Wait until the next line is due; return whether the step ended before."""
        return ended.wait(EVERY_SECONDS)


class Step:
    """A step that is under way."""

    failed = False


@contextmanager
def progress(
    what: str,
    about_seconds: float,
    detail: Callable[[], str] = lambda: "",
    clock: Clock | None = None,
) -> Iterator[Step]:
    """Report the step in the block: `what`, how long it takes, then lines with the time so far.

    `detail` is asked from another thread how far the step is; it must return at once. The step has
    failed if the block raises, or says so.
    """
    clock = clock or Clock()
    ended, begun = threading.Event(), clock.now()
    say(f"{what} (about {duration(about_seconds)})")

    def beat() -> None:
        while not clock.wait(ended):
            found = detail()
            say(f"{what}: {clock.now() - begun:.0f} s" + (f": {found}" if found else ""))

    # Not waited for when the process ends, whatever ends it.
    beating = threading.Thread(target=beat, name="progress", daemon=True)
    beating.start()
    step = Step()
    try:
        yield step
    except BaseException:
        step.failed = True
        raise
    finally:
        ended.set()
        beating.join()
        outcome = "failed after" if step.failed else "done in"
        say(f"{what}: {outcome} {clock.now() - begun:.0f} s")


def say(line: str) -> None:
    """Write one line to stderr, whole and at once, without anything that moves a cursor."""
    sys.stderr.write(f"{_ESCAPES.sub('', line)}\n")
    sys.stderr.flush()


def duration(seconds: float) -> str:
    """Return a rounded time, such as `40 s` or `3 min`."""
    if seconds < _MINUTES_FROM_SECONDS:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
