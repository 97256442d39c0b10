"""Apache's own archives: where they are, and the digests that Apache publishes beside them."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from blueprint.rocketmq.versions import top_directory

RELEASES: Final = "https://archive.apache.org/dist/rocketmq/"
"""Every release, the newest included, a folder each."""

OFFICIAL_SHA512: Final[Mapping[str, str]] = {}
"""Digests by version, each as `make archive-digest` printed it; none has been added so far."""

_HEX: Final = r"[0-9A-Fa-f]"
_FORMS: Final = (
    # gpg --print-md SHA512, which RocketMQ's release manual prescribes.
    re.compile(
        rf"(?P<name>\S+):\s+(?:SHA512 = )?(?P<digest>{_HEX}{{8}}(?:\s+{_HEX}{{8}}){{15}})\s*"
    ),
    # sha512sum, and with --tag.
    re.compile(rf"(?P<digest>{_HEX}{{128}}) [ *](?P<name>\S+)\s*"),
    re.compile(rf"SHA512 \((?P<name>\S+)\) = (?P<digest>{_HEX}{{128}})\s*"),
)
_LONGEST_NAME: Final = 80


def official_url(version: str) -> str:
    """Return where Apache keeps a release's archive for good; its digest is at `….sha512`."""
    return f"{RELEASES}{version}/{official_name(version)}"


def official_name(version: str) -> str:
    """Return the name of a release's archive."""
    return f"{top_directory(version)}.zip"


def official_sha512(version: str) -> str:
    """Return the digest of a release's archive; ValueError if it is not in the table."""
    if version not in OFFICIAL_SHA512:
        message = (
            f"cluster.artifact.sha512: is missing, and this program does not know the digest of "
            f"Apache's RocketMQ {version}; add the lines that this command prints, where there is "
            f"internet access: make archive-digest VERSION={version}"
        )
        raise ValueError(message)
    return OFFICIAL_SHA512[version]


def parse_published_sha512(text: str, name: str) -> str:
    """Return the digest in the `.sha512` file of the archive with this name, in lower case.

    A ValueError says what is wrong with the file.
    """
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if match is None:
        message = "is neither what gpg --print-md SHA512 writes nor what sha512sum writes"
        raise ValueError(message)
    # Release scripts may write it with a folder of their computer.
    found = PurePosixPath(match["name"]).name
    if found != name:
        shown = repr(found) if len(found) <= _LONGEST_NAME else f"{found[:_LONGEST_NAME]!r}…"
        message = f"is the digest of {shown}, not of {name}"
        raise ValueError(message)
    return "".join(match["digest"].split()).lower()
