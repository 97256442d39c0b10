"""Refuse a local archive that does not have the digest in the settings."""

from pathlib import Path

from blueprint.rocketmq.versions import parse_sha512
from system.digests import sha512_of
from toolchain.archive.errors import ArchiveError
from toolchain.archive.upload_link import link_for_upload


def verify_file(path: Path, sha512: str, key: str = "cluster.artifact") -> None:
    """Check a file against its digest; fast enough to run before every preview.

    Args:
        path: the file.
        sha512: its expected digest.
        key: the setting with both, for messages.

    Raises:
        ArchiveError: the file cannot be read, or has another digest.
        ValueError: the digest is not 128 hexadecimal digits.

    """
    expected = parse_sha512(sha512)
    try:
        actual = sha512_of(path)
    except OSError as error:
        message = f"{key}.path: cannot read {path} ({error.strerror}); correct the path"
        raise ArchiveError(message) from error
    if actual != expected:
        message = (
            f"{key}.path: {path} has SHA-512 {actual}, expected {expected}; "
            f"download or build the file again, or correct {key}.sha512"
        )
        raise ArchiveError(message)


def use_file(path: Path, sha512: str, project: Path, key: str = "cluster.artifact") -> Path:
    """Check a file and return the path below the project that it is uploaded from.

    Raises:
        ArchiveError: as verify_file.
        ValueError: as verify_file.

    """
    verify_file(path, sha512, key)
    return link_for_upload(path, parse_sha512(sha512), project)
