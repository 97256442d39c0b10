"""The end of a log, read so that its owner cannot make root read another file instead."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOG_TAIL_LINES = 15

_LOG_TAIL_BYTES = 64 * 1024


def log_tail(path: Path) -> list[str]:
    """Return the last lines of a log, indented under its absolute path; or why there are none."""
    try:
        with os.fdopen(_open_without_links(path), "rb") as file:
            file.seek(-min(file.seek(0, os.SEEK_END), _LOG_TAIL_BYTES), os.SEEK_END)
            tail = file.read().decode(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    except OSError as error:
        return [f"  {path}: {error.strerror}"]
    return [f"  last {len(tail)} lines of {path}:", *(f"    {line}" for line in tail)]


def _open_without_links(path: Path) -> int:
    """Open a regular file, following links only in directories that only root changes."""
    folder = os.open(path.anchor, os.O_PATH | os.O_DIRECTORY)
    try:
        for name in path.parts[1:-1]:
            inner = _open_part(name, folder, os.O_PATH | os.O_DIRECTORY)
            os.close(folder)
            folder = inner
        # Without waiting: a pipe in the log's place would never be opened.
        file = _open_part(path.name, folder, os.O_RDONLY | os.O_NONBLOCK)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "not a regular file")
    return file


def _open_part(name: str, folder: int, flags: int) -> int:
    owner = os.fstat(folder)
    others = stat.S_IWOTH | (stat.S_IWGRP if owner.st_gid else 0)
    is_roots = owner.st_uid == 0 and not owner.st_mode & others
    try:
        return os.open(name, flags | (0 if is_roots else os.O_NOFOLLOW), dir_fd=folder)
    except OSError as error:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not is_roots and stat.S_ISLNK(found.st_mode):
            raise OSError(errno.ELOOP, f"{name} is a symbolic link, not followed") from error
        raise
