"""Write zip files whose bytes depend on nothing but their entries."""

import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from system.errors import LocalError

# The earliest time that the format can hold.
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One file of an archive: its path with slashes, its content, and whether it is executable."""

    name: str
    content: bytes
    executable: bool = False


def write_stored_zip(target: Path | IO[bytes], entries: Iterable[Entry]) -> None:
    """Write the entries, sorted by name and uncompressed, with fixed times and modes.

    Uncompressed, because deflated bytes differ between builds of zlib.

    Raises:
        LocalError: two entries have the same name.

    """
    ordered = sorted(entries, key=lambda entry: entry.name)
    repeated = sorted({a.name for a, b in pairwise(ordered) if a.name == b.name})
    if repeated:
        message = f"{', '.join(repeated)} is in the archive twice; find both sources"
        raise LocalError(message)
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
