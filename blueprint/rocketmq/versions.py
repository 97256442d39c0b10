"""Which RocketMQ versions are supported, and where their archives come from."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

DEFAULT_VERSION: Final = "5.3.3"

MAVEN_SHA512: Final[Mapping[str, str]] = {
    "5.3.3": (
        "3fe5c3987b78301c4785f2eff64cc7410d7d2da0ad244bed3eb42518add6643e"
        "30bac9380d9631f8e3c4d53dd29b0d8d4a5e9142ec83acf7b18122974059b3ec"
    ),
    "5.2.0": (
        "6a9a80b3be68cd8b5771bd339b98e141c4f42293c14bdaef6f11f3b6c2ea13d8"
        "c0778a01827921fdf9a2b63197abde39d00d07f9f2c38663646c1c83425448e4"
    ),
}
"""The digest of each archive that can be assembled from Maven Central, newest first.

Maven Central lacks the server modules of 5.3.0, 5.3.1 and 5.3.2.
"""

SUPPORTED: Final = (
    r"^5\.(1\.([2-9]|[1-9][0-9]{1,3})|([2-9]|[1-9][0-9]{1,3})\.(0|[1-9][0-9]{0,3}))$"
)
"""What `require_supported` accepts, as a regular expression."""

_VERSION: Final = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})", re.ASCII)


class Version(NamedTuple):
    """A RocketMQ version, ordered by its three numbers."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """Return the dotted form, as RocketMQ writes it."""
        return f"{self.major}.{self.minor}.{self.patch}"


_LOWEST: Final = Version(5, 1, 2)
"""The first 5.x without CVE-2023-33246 and CVE-2023-37582 (code execution without a login)."""


def parse_version(text: str) -> Version:
    """Return the three numbers of a version such as 5.3.3; any other text is a ValueError."""
    match = _VERSION.fullmatch(text)
    if match is None:
        message = (
            f"cluster.version: {text!r} is not a RocketMQ version; "
            f"write three numbers, as in {DEFAULT_VERSION}"
        )
        raise ValueError(message)
    return Version(*(int(number) for number in match.groups()))


def require_supported(text: str) -> Version:
    """Return the parsed version if it is 5.1.2 or a later 5.x; any other is a ValueError."""
    version = parse_version(text)
    if version.major != _LOWEST.major:
        why = f"is not supported, only {_LOWEST.major}.x is"
    elif version < _LOWEST:
        why = "lets anyone on the network run commands on a host (CVE-2023-33246, CVE-2023-37582)"
    else:
        return version
    message = f"cluster.version: {text} {why}; write {_LOWEST} or a later {_LOWEST.major}.x"
    raise ValueError(message)


def top_directory(version: str) -> str:
    """Return the name of the one directory that a release's archive holds."""
    return f"rocketmq-all-{version}-bin-release"


def maven_sha512(version: str) -> str:
    """Return the digest of the archive assembled from Maven artifacts; ValueError without one."""
    if version not in MAVEN_SHA512:
        message = (
            f"cluster.artifact: 'maven' cannot assemble RocketMQ {version}, only "
            f"{' and '.join(MAVEN_SHA512)}; for another version write "
            "{source: official, sha512: …}"
        )
        raise ValueError(message)
    return MAVEN_SHA512[version]
