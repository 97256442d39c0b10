"""Assemble the archive of a RocketMQ version from Maven artifacts, once per user."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from blueprint.rocketmq.versions import assembly_of, require_supported, top_directory
from system.digests import sha512_of
from system.errors import LocalError
from toolchain.archive.cache import cached_archive, ensure_cached
from toolchain.archive.layout import collect_entries
from toolchain.archive.maven import collect
from toolchain.archive.upload import link_for_upload
from toolchain.stored_zip import write_stored_zip

Report = Callable[[str], None]
"""Takes one line of progress."""


def assemble(version: str, project: Path, report: Report, *, fresh: bool = False) -> Path:
    """Return the path, below the project, of the version's archive; assemble it if needed.

    `fresh` uses an empty Maven repository instead of the user's.

    Raises:
        LocalError: Maven failed, or the archive does not have the digest in the table.
        ValueError: the version is not supported, or cannot be assembled.

    """
    require_supported(version)
    expected = assembly_of(version).sha512
    archive = cached_archive(version, expected)

    def make(folder: Path) -> Path:
        repository = folder / "repository" if fresh else None
        made = make_archive(version, folder, repository, report)
        _require_digest(version, made, expected)
        return made

    ensure_cached(archive, expected, make)
    target = link_for_upload(archive, expected, project)
    report(f"RocketMQ {version} archive: {target.relative_to(project)} (sha512 {expected[:16]}…)")
    return target


def make_archive(version: str, folder: Path, repository: Path | None, report: Report) -> Path:
    """Assemble an archive in an empty folder and return its path; its digest is not checked.

    `repository` is Maven's local repository; None means the user's.

    Raises:
        LocalError: Maven failed, or a part is missing.
        ValueError: the version cannot be assembled.

    """
    assembly = assembly_of(version)
    started = time.monotonic()
    source_release, jars = collect(version, assembly, folder, repository)
    count, seconds = len(list(jars.glob("*.jar"))), time.monotonic() - started
    report(f"RocketMQ {version}: {count} jars after {seconds:.0f} s; zipping")
    made = folder / "archive.zip"
    top = top_directory(version)
    entries = collect_entries(source_release, jars, top, adapted=assembly.adapted)
    write_stored_zip(made, entries)
    return made


def check_reproducible(version: str, report: Report) -> str:
    """Assemble twice, each time from an empty Maven repository, and return the common digest.

    Raises:
        LocalError: the two digests differ, or Maven failed.
        ValueError: the version is not supported, or cannot be assembled.

    """
    require_supported(version)
    first, second = (_assemble_alone(version, report) for _ in range(2))
    if first != second:
        message = (
            f"RocketMQ {version}: two assemblies differ, {first} and {second}; "
            "compare their entries and make toolchain/archive/layout.py leave out the cause"
        )
        raise LocalError(message)
    return first


def _require_digest(version: str, made: Path, expected: str) -> None:
    actual = sha512_of(made)
    if actual != expected:
        message = (
            f"RocketMQ {version}: the archive has SHA-512 {actual}, expected {expected}; "
            "a jar in Maven's local repository or on its mirror differs, or the layout changed: "
            f"run `python3 -m toolchain.archive {version} --fresh`; if that differs too, "
            "run it with --check-reproducible and put the digest into "
            "blueprint/rocketmq/versions.py"
        )
        raise LocalError(message)


def _assemble_alone(version: str, report: Report) -> str:
    with tempfile.TemporaryDirectory(prefix="rocketmq-archive-") as name:
        parts = Path(name) / "parts"
        parts.mkdir()
        made = make_archive(version, parts, Path(name) / "repository", report)
        digest = sha512_of(made)
        report(f"RocketMQ {version}: {made.stat().st_size} bytes, sha512 {digest}")
        return digest
