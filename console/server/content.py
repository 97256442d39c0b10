"""Bodies that the server sends again and again, with their ETags."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@dataclass(frozen=True)
class Content:
    """A body, and the same body gzipped where that is kept."""

    body: bytes
    media_type: str
    compressed: bytes | None = None

    @cached_property
    def tag(self) -> str:
        """Return an ETag, without quotes."""
        return hashlib.sha256(self.body).hexdigest()[:24]


def read_page() -> dict[str, Content]:
    """Return every file of `console/page` by name, out of the archive the console runs from."""
    found = {}
    for file in resources.files("console").joinpath("page").iterdir():
        suffix = "." + file.name.rpartition(".")[2]
        if suffix in MEDIA_TYPES:
            found[file.name] = Content(file.read_bytes(), MEDIA_TYPES[suffix])
    return found
