"""Refuse a local archive that does not have the digest in the settings."""

from pathlib import Path

from blueprint.rocketmq.versions import parse_sha512
from system.digests import sha512_of
from system.errors import LocalError
from toolchain.archive.upload_link import link_for_upload


def use_file(path: Path, sha512: str, project: Path, key: str = "cluster.artifact") -> Path:
    """Check a file and return the path below the project that it is uploaded from.

    Args:
        path: the file.
        sha512: its expected digest.
        project: the clone's root.
        key: the setting with path and digest, for messages.

    Raises:
        LocalError: the file cannot be read, or has another digest.
        ValueError: the digest is not 128 hexadecimal digits.

    """
    expected = parse_sha512(sha512)
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
