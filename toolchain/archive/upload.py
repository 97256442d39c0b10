"""Put archives at the paths that they are uploaded from, which are the same in every clone."""

import os
import tempfile
from pathlib import Path

from blueprint.plan.archives import upload_path
from system.digests import sha512_of
from system.errors import LocalError


def use_file(path: Path, sha512: str, project: Path, key: str = "cluster.artifact") -> Path:
    """Check a file's digest and return the path below the project that it is uploaded from.

    `key` is the setting with path and digest, for messages.

    Raises:
        LocalError: the file cannot be read, or has another digest.

    """
    expected = sha512.lower()
    try:
        actual = sha512_of(path)
    except OSError as error:
        message = f"{key}.path: cannot read {path} ({error.strerror}); correct the path"
        raise LocalError(message) from error
    if actual != expected:
        message = (
            f"{key}.path: {path} has SHA-512 {actual}, expected {expected}; "
            f"download or build the file again, or correct {key}.sha512"
        )
        raise LocalError(message)
    return link_for_upload(path, expected, project)


def link_for_upload(archive: Path, sha512: str, project: Path) -> Path:
    """Link the archive below the project and return the path of the link.

    It is a hard link where the file system allows it, otherwise a symbolic one; an old link is
    replaced atomically. The caller has checked the archive's digest.

    Raises:
        LocalError: the project's folder cannot be written.

    """
    target = project / upload_path(sha512)
    try:
        _link(archive, target)
    except OSError as error:
        message = (
            f"{target}: cannot be written ({error.strerror}); make room there, and its folder "
            "writable for you"
        )
        raise LocalError(message) from error
    return target


def _link(archive: Path, target: Path) -> None:
    if target.exists() and target.samefile(archive):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".link-") as folder:
        link = Path(folder) / target.name
        real = archive.resolve()
        try:
            os.link(real, link)
        except OSError:
            # It is on another file system, or not our file.
            link.symlink_to(real)
        link.replace(target)
