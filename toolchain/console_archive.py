"""The built-in console as one archive that a host runs: code, page, third-party packages."""

import hashlib
import io
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from blueprint.plan.archives import upload_path
from toolchain.stored_zip import Entry, write_stored_zip

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
"""All that it imports, on every Python that hosts may have; the lock pins the versions."""

PAGE_SUFFIXES = frozenset({".html", ".js", ".css", ".svg", ".json"})
LEFT_OUT = ("anyio/_backends/_trio.py", "anyio/pytest_plugin.py", "starlette/testclient.py")
"""Modules that need packages which are not in the archive."""


def console_sha512(project: Path) -> str:
    """Return the archive's digest; write the archive to its upload path unless it is there."""
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
    """Return the archive, byte for byte the same on every computer."""
    main = (project / PACKAGES[0] / "__main__.py").read_bytes()
    entries = [Entry(name="__main__.py", content=main)]
    for package in PACKAGES:
        entries += _own_files(project / package, package)
    for distribution in DISTRIBUTIONS:
        entries += _distributed_files(distribution)
    body = io.BytesIO()
    write_stored_zip(body, entries)
    return body.getvalue()


def _own_files(folder: Path, name: str) -> Iterator[Entry]:
    for path in folder.rglob("*"):
        if path.suffix == ".py" or path.suffix in PAGE_SUFFIXES:
            member = PurePosixPath(name, path.relative_to(folder))
            yield Entry(name=str(member), content=path.read_bytes())


def _distributed_files(name: str) -> Iterator[Entry]:
    """Iterate over a distribution's modules, licenses and metadata."""
    for file in metadata.files(name) or ():
        text = str(file)
        is_wanted = (
            text.endswith((".py", "/METADATA")) or "/licenses/" in text or "/LICENSE" in text
        )
        if is_wanted and text not in LEFT_OUT and ".." not in file.parts:
            yield Entry(name=text, content=file.read_binary())
