"""Lock files; the kernel releases them however the process ends."""

import errno
import fcntl
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from system.errors import LocalError
from system.progress import EVERY_SECONDS

WAIT_SECONDS = 150.0


@contextmanager
def locked(
    file: Path,
    *,
    shared: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    on_wait: Callable[[], None] = lambda: None,
) -> Iterator[int]:
    """Hold a lock file and yield its descriptor; wait for another run that holds it.

    `on_wait` is called when there is one, and every ten seconds until it is gone.

    Raises:
        LocalError: another process still holds it after `wait_seconds`.

    """
    deadline = time.monotonic() + wait_seconds
    descriptor = _try_lock(file, shared=shared)
    told = -math.inf
    while descriptor is None:
        if time.monotonic() - told >= EVERY_SECONDS:
            told = time.monotonic()
            on_wait()
        if time.monotonic() > deadline:
            msg = f"{file}: held by another run for {wait_seconds:.0f} s; wait for it, or stop it"
            raise LocalError(msg)
        time.sleep(0.05)
        descriptor = _try_lock(file, shared=shared)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(file: Path, *, shared: bool) -> int | None:
    # Not inheritable, so a started machine never holds a lock.
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        # The last holder may have removed the file; a lock on a removed file protects nothing.
        if os.fstat(descriptor).st_ino == file.stat().st_ino:
            return descriptor
    except OSError as error:
        os.close(descriptor)
        if error.errno in (errno.EAGAIN, errno.ENOENT):
            return None
        raise
    os.close(descriptor)
    return None
