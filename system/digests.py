"""Digests of files that may be larger than memory."""

import hashlib
from pathlib import Path


def sha512_of(path: Path) -> str:
    """Return the file's SHA-512 as 128 lower-case hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()
