"""Check that two assemblies which share nothing give the same bytes."""

import tempfile
from pathlib import Path

from blueprint.rocketmq.versions import require_supported
from system.digests import sha512_of
from system.errors import LocalError
from toolchain.archive.assemble import Report, make_archive


def check_reproducible(version: str, report: Report) -> str:
    """Assemble twice, each time from an empty Maven repository, and return the common digest.

    Raises:
        LocalError: the two digests differ, or Maven failed.
        ValueError: the version is not supported.

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


def _assemble_alone(version: str, report: Report) -> str:
    with tempfile.TemporaryDirectory(prefix="rocketmq-archive-") as name:
        parts = Path(name) / "parts"
        parts.mkdir()
        made = make_archive(version, parts, Path(name) / "repository", report)
        digest = sha512_of(made)
        report(f"RocketMQ {version}: {made.stat().st_size} bytes, sha512 {digest}")
        return digest
