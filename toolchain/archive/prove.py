"""Shows that two assemblies which share nothing give the same bytes."""

import tempfile
from pathlib import Path

from blueprint.rocketmq.versions import require_supported
from system.digests import sha512_of
from toolchain.archive.assemble import Tell, make_archive
from toolchain.archive.errors import ArchiveError


def prove(version: str, tell: Tell) -> str:
    """Assemble twice, each time from an empty Maven repository, and return the one digest.

    Raises:
        ArchiveError: the two differ, or Maven failed.
        ValueError: the version is unsafe.

    """
    require_supported(version)
    digests = [_assemble_alone(version, tell) for _ in range(2)]
    if digests[0] != digests[1]:
        message = (
            f"RocketMQ {version}: two assemblies differ, {digests[0]} and {digests[1]}; "
            "compare their entries and make toolchain/archive/layout.py leave out the cause"
        )
        raise ArchiveError(message)
    return digests[0]


def _assemble_alone(version: str, tell: Tell) -> str:
    with tempfile.TemporaryDirectory(prefix="rocketmq-archive-") as name:
        parts = Path(name) / "parts"
        parts.mkdir()
        made = make_archive(version, parts, Path(name) / "repository", tell)
        size = made.stat().st_size
        digest = sha512_of(made)
        tell(f"RocketMQ {version}: {size} bytes, sha512 {digest}")
        return digest
