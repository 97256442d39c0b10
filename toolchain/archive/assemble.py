"""Assembles the archive of a version from Maven artifacts, once per recipe and user."""

import time
from collections.abc import Callable
from pathlib import Path

from blueprint.rocketmq.versions import maven_sha512, require_supported, top_directory
from system.digests import sha512_of
from toolchain.archive.cache import cached_archive, locked_work_folder
from toolchain.archive.errors import ArchiveError
from toolchain.archive.layout import collect_entries
from toolchain.archive.maven import collect
from toolchain.archive.stored_zip import write_stored_zip
from toolchain.archive.upload_link import link_for_upload

Tell = Callable[[str], None]


def assemble(version: str, project: Path, tell: Tell, *, fresh: bool = False) -> Path:
    """Return the path, below the project, of the version's archive, making it if need be.

    Args:
        version: one that the table of known versions can assemble.
        project: the clone's root.
        tell: takes each line of progress.
        fresh: use an empty Maven repository instead of the user's.

    Raises:
        ArchiveError: Maven failed, or the archive is not the one in the table.
        ValueError: the version is not supported, or cannot be assembled.

    """
    require_supported(version)
    expected = maven_sha512(version)
    archive = cached_archive(version)
    if not _is(archive, expected):
        with locked_work_folder(archive, tell) as folder:
            if not _is(archive, expected):
                repository = folder / "repository" if fresh else None
                made = make_archive(version, folder, repository, tell)
                _check(version, made, expected)
                made.chmod(0o444)
                made.replace(archive)
    target = link_for_upload(archive, expected, project)
    tell(f"RocketMQ {version} archive: {target.relative_to(project)} (sha512 {expected[:16]}…)")
    return target


def make_archive(version: str, folder: Path, repository: Path | None, tell: Tell) -> Path:
    """Collect the parts into the folder and return the archive made of them, unchecked.

    Args:
        version: any version of which Maven Central has all modules.
        folder: an existing, empty folder.
        repository: Maven's local repository; None means the user's.
        tell: takes each line of progress.

    Raises:
        ArchiveError: Maven failed, or a part is missing.

    """
    tell(f"RocketMQ {version}: collecting jars and source release with Maven (100 MB)")
    started = time.monotonic()
    collected = collect(version, folder, repository)
    jars = sum(1 for _ in collected.jars.glob("*.jar"))
    tell(f"RocketMQ {version}: {jars} jars after {time.monotonic() - started:.0f} s; zipping")
    made = folder / "archive.zip"
    write_stored_zip(
        made, collect_entries(collected.source_release, collected.jars, top_directory(version))
    )
    return made


def _is(archive: Path, sha512: str) -> bool:
    return archive.is_file() and sha512_of(archive) == sha512


def _check(version: str, made: Path, expected: str) -> None:
    actual = sha512_of(made)
    if actual != expected:
        message = (
            f"RocketMQ {version}: the archive has SHA-512 {actual}, expected {expected}; "
            "a jar in Maven's local repository or on its mirror differs, or the recipe changed: "
            f"run `python3 -m toolchain.archive {version} --fresh`; if that differs too, "
            "run it with --prove and put its digest into blueprint/rocketmq/versions.py"
        )
        raise ArchiveError(message)
