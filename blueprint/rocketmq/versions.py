"""Decides which RocketMQ versions are known or refused, and what their archives must be."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

DEFAULT_VERSION: Final = "5.3.3"

_SHA512: Final = re.compile(r"[0-9a-fA-F]{128}")

_VERSION: Final = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})", re.ASCII)


class Version(NamedTuple):
    """A RocketMQ version whose order is that of its three numbers."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """Return the dotted form, as RocketMQ writes it."""
        return f"{self.major}.{self.minor}.{self.patch}"


# The first releases without CVE-2023-33246 and CVE-2023-37582 (code execution without a login).
_FIRST_SAFE: Final = {4: Version(4, 9, 7), 5: Version(5, 1, 2)}


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownVersion:
    """One release and the digests of its archives; None is a digest not known."""

    version: str
    official_sha512: str | None
    maven_sha512: str | None

    @property
    def top_directory(self) -> str:
        """Return the one directory that the release's archive holds."""
        return f"rocketmq-all-{self.version}-bin-release"

    @property
    def official_url(self) -> str:
        """Return where the foundation keeps this release for good."""
        return f"https://archive.apache.org/dist/rocketmq/{self.version}/{self.top_directory}.zip"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficialArchive:
    """Where the official archive is and the 128 hexadecimal digits it must hash to."""

    url: str
    sha512: str


# No official digest could be checked against the foundation's site when this table was made, and
# none may be guessed. Maven Central lacks the server modules of 5.3.0, 5.3.1 and 5.3.2, so those
# cannot be assembled; 5.2.0 is complete there and is what an upgrade starts from.
KNOWN_VERSIONS: Final = (
    KnownVersion(
        version="5.3.3",
        official_sha512=None,
        maven_sha512=(
            "3fe5c3987b78301c4785f2eff64cc7410d7d2da0ad244bed3eb42518add6643e"
            "30bac9380d9631f8e3c4d53dd29b0d8d4a5e9142ec83acf7b18122974059b3ec"
        ),
    ),
    KnownVersion(version="5.3.2", official_sha512=None, maven_sha512=None),
    KnownVersion(version="5.3.1", official_sha512=None, maven_sha512=None),
    KnownVersion(version="5.3.0", official_sha512=None, maven_sha512=None),
    KnownVersion(
        version="5.2.0",
        official_sha512=None,
        maven_sha512=(
            "6a9a80b3be68cd8b5771bd339b98e141c4f42293c14bdaef6f11f3b6c2ea13d8"
            "c0778a01827921fdf9a2b63197abde39d00d07f9f2c38663646c1c83425448e4"
        ),
    ),
)


def parse_version(text: str) -> Version:
    """Return the three numbers of a version such as 5.3.3.

    Raises:
        ValueError: the text is not three dotted numbers.

    """
    match = _VERSION.fullmatch(text)
    if match is None:
        message = (
            f"cluster.version: {text!r} is not a RocketMQ version; "
            f"write three numbers, as in {DEFAULT_VERSION}"
        )
        raise ValueError(message)
    return Version(*(int(number) for number in match.groups()))


def is_safe(version: Version) -> bool:
    """Tell whether the version has neither of the known unauthenticated code executions."""
    if version.major in _FIRST_SAFE:
        return version >= _FIRST_SAFE[version.major]
    return version.major > max(_FIRST_SAFE)


def require_safe(text: str) -> Version:
    """Return the parsed version if it is not below the security floor.

    Raises:
        ValueError: the text is no version, or one that anybody on the network can take over.

    """
    version = parse_version(text)
    if not is_safe(version):
        message = (
            f"cluster.version: {text} lets anyone on the network run commands on a host "
            f"(CVE-2023-33246, CVE-2023-37582); allowed are {_FIRST_SAFE[5]} and later, "
            f"or {_FIRST_SAFE[4]} and later of 4.x"
        )
        raise ValueError(message)
    return version


def parse_sha512(text: str) -> str:
    """Return the digest in lower case.

    Raises:
        ValueError: the text is not 128 hexadecimal digits.

    """
    if _SHA512.fullmatch(text) is None:
        message = (
            f"cluster.artifact.sha512: {text!r} is not a SHA-512; "
            "write its 128 hexadecimal digits, as `sha512sum FILE` prints them"
        )
        raise ValueError(message)
    return text.lower()


def find_known(version: str) -> KnownVersion | None:
    """Return the table's entry of this version, or None."""
    return next((known for known in KNOWN_VERSIONS if known.version == version), None)


def official_archive(version: str) -> OfficialArchive:
    """Return the URL and digest of the official archive.

    Raises:
        ValueError: the digest of this version's official archive is not established.

    """
    known = find_known(version)
    if known is None or known.official_sha512 is None:
        message = (
            f"cluster.artifact: 'official' has no established SHA-512 for RocketMQ {version}; "
            "set cluster.artifact.source to url, with cluster.artifact.url and "
            "cluster.artifact.sha512 (its .sha512 file is beside it on the download page)"
        )
        raise ValueError(message)
    return OfficialArchive(url=known.official_url, sha512=known.official_sha512)


def maven_sha512(version: str) -> str:
    """Return the digest that the archive assembled from Maven artifacts must have.

    Raises:
        ValueError: this version's artifacts are not all published.

    """
    known = find_known(version)
    if known is None or known.maven_sha512 is None:
        allowed = ", ".join(k.version for k in KNOWN_VERSIONS if k.maven_sha512 is not None)
        message = (
            f"cluster.artifact: 'maven' cannot assemble RocketMQ {version}; it can assemble "
            f"{allowed}; give a URL or a file with its SHA-512 for another version"
        )
        raise ValueError(message)
    return known.maven_sha512
