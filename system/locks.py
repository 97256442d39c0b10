"""Locks between the processes of one user; the kernel releases them when their holder ends."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock_held(file: Path, on_wait: Callable[[], None]) -> Iterator[int]:
    """Hold an exclusive lock on a file and yield its descriptor.

    `on_wait` is called once if another process holds the lock.
    """
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()
