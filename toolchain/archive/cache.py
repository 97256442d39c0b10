"""Knows where assembled archives are kept and lets one process at a time make one."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from project import cache_folder
from toolchain.archive.maven import POM

_RECIPE: Final = (POM, POM.with_name("layout.py"), POM.with_name("stored_zip.py"))
_WORK: Final = ".work-"


def cache_directory() -> Path:
    """Return the folder of archives, shared by all clones of this user."""
    return cache_folder() / "archive"


def cached_archive(version: str) -> Path:
    """Return the path of the archive that the recipe of this clone makes."""
    recipe = hashlib.sha256()
    for part in _RECIPE:
        recipe.update(hashlib.sha256(part.read_bytes()).digest())
    return cache_directory() / f"rocketmq-{version}-maven-{recipe.hexdigest()[:16]}.zip"


@contextmanager
def locked_work_folder(archive: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """Hold the lock of one archive and give an empty folder beside it, removed afterwards."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    folder = archive.with_name(f"{_WORK}{archive.stem}")
    with archive.with_suffix(".lock").open("w") as lock:
        _wait_for(lock.fileno(), archive, tell)
        # Inherited by Maven, which may outlive us: the lock is held while it still writes here.
        os.set_inheritable(lock.fileno(), True)  # noqa: FBT003 -- positional only
        # What a killed run left behind is ours alone while the lock is held.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _wait_for(lock: int, archive: Path, tell: Callable[[str], None]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        tell(f"another process is making {archive.name}; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)
