"""Writes a zip file whose bytes depend on nothing but the entries."""

import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from toolchain.archive.errors import ArchiveError

# The first moment that the format can hold.
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One file of an archive: its path with slashes, its bytes, and whether it can be run."""

    name: str
    content: bytes
    executable: bool = False


def write_stored_zip(target: Path | BinaryIO, entries: Iterable[Entry]) -> None:
    """Write the entries, sorted by name and uncompressed, with fixed times and modes.

    Uncompressed, because deflated bytes differ between builds of zlib; most entries are jars,
    which are compressed already.

    Raises:
        ArchiveError: two entries have the same name.

    """
    ordered = sorted(entries, key=lambda entry: entry.name)
    names = [entry.name for entry in ordered]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = (
            f"{getattr(target, 'name', 'archive')}: {', '.join(twice)} is there twice; "
            "look for it in the source release and among the jars"
        )
        raise ArchiveError(message)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for entry in ordered:
            archive.writestr(_describe(entry), entry.content)


def _describe(entry: Entry) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.name, _FIXED_TIME)
    info.create_system = _UNIX
    info.compress_type = zipfile.ZIP_STORED
    mode = 0o755 if entry.executable else 0o644
    info.external_attr = (stat.S_IFREG | mode) << 16
    return info
