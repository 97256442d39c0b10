"""The built-in console as one archive that a host runs: its code, its page, what it is made of."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from blueprint.plan.archives import upload_path

PACKAGES = ("console", "remoting")
DISTRIBUTIONS = (
    "anyio",
    "click",
    "exceptiongroup",
    "h11",
    "idna",
    "itsdangerous",
    "prometheus-client",
    "starlette",
    "typing-extensions",
    "uvicorn",
)
"""All that it imports, on every Python that hosts may have; the lock says which versions."""

PAGE_SUFFIXES = frozenset({".html", ".js", ".css", ".svg", ".json"})
LEFT_OUT = ("anyio/_backends/_trio.py", "anyio/pytest_plugin.py", "starlette/testclient.py")
"""What needs packages that are not there."""

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16

MAIN = """\
import sys

from console.server.main import main

sys.exit(main())
"""


def console_sha512(project: Path) -> str:
    """Return the digest of the archive, made and put where it is uploaded from, if it is not."""
    body = build_console(project)
    sha512 = hashlib.sha512(body).hexdigest()
    path = project / upload_path(sha512)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{id(body)}")
        aside.write_bytes(body)
        aside.replace(path)
    return sha512


def build_console(project: Path) -> bytes:
    """Return the archive, byte for byte the same on every computer.

    It is stored and not compressed: how compressed bytes come out differs between computers.
    """
    found = {"__main__.py": MAIN.encode()}
    for package in PACKAGES:
        found |= dict(_own_files(project / package, package))
    for distribution in DISTRIBUTIONS:
        found |= dict(_distributed_files(distribution))
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(found.items()):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.external_attr = READABLE
            archive.writestr(entry, content)
    return body.getvalue()


def _own_files(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.suffix == ".py" or path.suffix in PAGE_SUFFIXES:
            yield str(PurePosixPath(name, path.relative_to(folder))), path.read_bytes()


def _distributed_files(name: str) -> Iterator[tuple[str, bytes]]:
    """Iterate over a distribution's modules, its licences and what it says of itself."""
    for file in metadata.files(name) or ():
        text = str(file)
        told = text.endswith("/METADATA") or "/licenses/" in text or "/LICENSE" in text
        if (text.endswith(".py") or told) and text not in LEFT_OUT and ".." not in file.parts:
            yield text, file.read_binary()
