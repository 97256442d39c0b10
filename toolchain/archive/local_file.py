"""Refuses a local archive that is not the one the settings promise."""

from pathlib import Path

from blueprint.versions import parse_sha512
from toolchain.archive.digests import sha512_of
from toolchain.archive.errors import ArchiveError
from toolchain.archive.upload_link import link_for_upload


def verify_file(path: Path, sha512: str) -> None:
    """Check the file against its digest; cheap enough to run before every preview.

    Raises:
        ArchiveError: the file cannot be read, or its digest is another one.
        ValueError: the digest is not 128 hexadecimal digits.

    """
    expected = parse_sha512(sha512)
    try:
        actual = sha512_of(path)
    except OSError as error:
        message = (
            f"cluster.artifact.path: cannot read {path} ({error.strerror}); "
            "give the path of a RocketMQ archive"
        )
        raise ArchiveError(message) from error
    if actual != expected:
        message = (
            f"cluster.artifact.path: {path} has SHA-512 {actual}, expected {expected}; "
            "download the file again, or correct cluster.artifact.sha512"
        )
        raise ArchiveError(message)


def use_file(path: Path, sha512: str, project: Path) -> Path:
    """Check the file, then return the path below the project that it is uploaded from.

    Raises:
        ArchiveError: as verify_file.
        ValueError: as verify_file.

    """
    verify_file(path, sha512)
    return link_for_upload(path, parse_sha512(sha512), project)
