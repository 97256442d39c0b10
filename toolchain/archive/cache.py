"""Where assembled archives are cached, and the lock under which one is made."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from project import cache_folder

_WORK: Final = ".work-"


def cache_directory() -> Path:
    """Return the folder of archives, shared by all clones of this user."""
    return cache_folder() / "archive"


def cached_archive(version: str, sha512: str) -> Path:
    """Return where the version's archive with this digest is, or will be."""
    return cache_directory() / f"rocketmq-{version}-maven-{sha512[:16]}.zip"


@contextmanager
def locked_work_folder(archive: Path, report: Callable[[str], None]) -> Iterator[Path]:
    """Hold an archive's lock and yield an empty folder beside it, which is removed afterwards."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    folder = archive.with_name(f"{_WORK}{archive.stem}")
    with archive.with_suffix(".lock").open("w") as lock:
        _wait_for(lock.fileno(), archive, report)
        # Inherited by Maven, which may outlive us: the lock is held while it still writes here.
        os.set_inheritable(lock.fileno(), True)  # noqa: FBT003 -- positional only
        # A killed run may have left it behind.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _wait_for(lock: int, archive: Path, report: Callable[[str], None]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report(f"another process is making {archive.name}; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)
