"""Where assembled archives are cached, and the lock under which one is made."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from project import cache_folder
from system.digests import sha512_of
from system.errors import LocalError
from system.locks import locked
from system.progress import say

WAIT_SECONDS: Final = 3600


def cached_archive(version: str, sha512: str) -> Path:
    """Return where the version's archive is, or will be, for all clones of this user."""
    return cache_folder() / "archive" / f"rocketmq-{version}-maven-{sha512[:16]}.zip"


def ensure_cached(archive: Path, sha512: str, make: Callable[[Path], Path]) -> None:
    """Make an archive unless the cache holds it with this digest; one process at a time.

    `make` gets an empty folder and returns the path in it of an archive whose digest it checked.

    Raises:
        LocalError: as `locked_work_folder` does.

    """
    if _has_digest(archive, sha512):
        return
    with locked_work_folder(archive) as folder:
        if not _has_digest(archive, sha512):
            made = make(folder)
            made.chmod(0o444)
            made.replace(archive)


def _has_digest(archive: Path, sha512: str) -> bool:
    return archive.is_file() and sha512_of(archive) == sha512


@contextmanager
def locked_work_folder(archive: Path) -> Iterator[Path]:
    """Hold an archive's lock and yield an empty folder beside it, which is removed afterwards.

    Raises:
        LocalError: another process has been making the archive for an hour, or the cache cannot
            be written.

    """
    try:
        with _locked_work_folder(archive) as folder:
            yield folder
    except OSError as error:
        message = (
            f"{archive.parent}: cannot be written ({error.strerror or error}); make room there, "
            "or name the folder of another cache in XDG_CACHE_HOME"
        )
        raise LocalError(message) from error


@contextmanager
def _locked_work_folder(archive: Path) -> Iterator[Path]:
    archive.parent.mkdir(parents=True, exist_ok=True)
    folder = archive.with_name(f".work-{archive.stem}")
    lock_file = archive.with_suffix(".lock")
    on_wait = partial(say, f"another process is making {archive.name}; waiting for it")
    with locked(lock_file, wait_seconds=WAIT_SECONDS, on_wait=on_wait) as lock:
        # Inherited by Maven, which may outlive us: the lock is held while it still writes here.
        os.set_inheritable(lock, True)  # noqa: FBT003 (positional only)
        # A killed run may have left it behind.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
