"""The files of the page, read once out of the archive that the console runs from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent."""

    body: bytes
    media_type: str
    tag: str


def read_static_files() -> dict[str, StaticFile]:
    """Return every file of `console/page` by its name."""
    folder = resources.files("console").joinpath("page")
    found = {}
    for file in folder.iterdir():
        suffix = "." + file.name.rpartition(".")[2]
        if suffix in TYPES:
            body = file.read_bytes()
            found[file.name] = StaticFile(
                body, TYPES[suffix], hashlib.sha256(body).hexdigest()[:24]
            )
    return found
