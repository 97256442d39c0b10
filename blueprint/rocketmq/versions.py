"""Which RocketMQ versions are supported, and where their archives come from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

DEFAULT_VERSION: Final = "5.5.0"
"""What a new stack gets whose settings name none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembly:
    """What `make archive` makes a version's archive of, and the digest that it must have."""

    sha512: str
    source_release: str
    """The version of the source release: bin/, conf/, benchmark/, the licenses."""
    adapted: bool
    """Whether rocketmq-example is included, and scripts that no longer work are replaced or left
    out. Archives from before keep their bytes, which units name by digest."""


ASSEMBLIES: Final[Mapping[str, Assembly]] = {
    # Of 5.4.0 and newer, Maven Central has no source release, and of 5.4.0 no parent POM.
    "5.5.0": Assembly(
        sha512=(
            "262614024d5237b10dd8606029cdbd075aa3a3ffabd9d6ffa8abdbc7d6256763"
            "e32d66fa94ddf40a6b54837cb8c11ec742c801b809b4b3d9474dc848c4123af3"
        ),
        source_release="5.3.3",
        adapted=True,
    ),
    "5.3.3": Assembly(
        sha512=(
            "3fe5c3987b78301c4785f2eff64cc7410d7d2da0ad244bed3eb42518add6643e"
            "30bac9380d9631f8e3c4d53dd29b0d8d4a5e9142ec83acf7b18122974059b3ec"
        ),
        source_release="5.3.3",
        adapted=False,
    ),
    "5.2.0": Assembly(
        sha512=(
            "6a9a80b3be68cd8b5771bd339b98e141c4f42293c14bdaef6f11f3b6c2ea13d8"
            "c0778a01827921fdf9a2b63197abde39d00d07f9f2c38663646c1c83425448e4"
        ),
        source_release="5.2.0",
        adapted=False,
    ),
}
"""The archives that can be assembled from Maven Central, newest first.

Maven Central lacks the server modules of 5.3.0, 5.3.1, 5.3.2 and 5.5.1.
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
_LOWEST_NEW: Final = Version(5, 3, 0)
"""The first without CVE-2024-23321 (any user can read the administrator's password)."""
_REMEDY: Final = f"write {_LOWEST_NEW} or a later {_LOWEST_NEW.major}.x, or leave it out"


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


def is_version(text: str) -> bool:
    """Tell whether a text is three numbers."""
    return _VERSION.fullmatch(text) is not None


def require_supported(text: str) -> Version:
    """Return the parsed version if it is 5.1.2 or a later 5.x; any other is a ValueError."""
    version = parse_version(text)
    if version.major != _LOWEST.major:
        why = f"is not supported, only {_LOWEST.major}.x is"
    elif version < _LOWEST:
        why = "lets anyone on the network run commands on a host (CVE-2023-33246, CVE-2023-37582)"
    else:
        return version
    message = f"cluster.version: {text} {why}; {_REMEDY}"
    raise ValueError(message)


def is_supported(text: str) -> bool:
    """Tell whether a text is a version that `require_supported` accepts."""
    return re.fullmatch(SUPPORTED, text) is not None


def refuse_new(text: str) -> str | None:
    """Return why no new cluster may have a supported version; None if it may."""
    if parse_version(text) >= _LOWEST_NEW:
        return None
    return (
        f"cluster.version: {text} shows its administrator's password to any user "
        f"(CVE-2024-23321), so no new cluster gets it; {_REMEDY}"
    )


def loses_topics_on_slaves(text: str) -> bool:
    """Tell whether slaves of this version delete topics when they copy the master's (#9403)."""
    return Version(5, 3, 2) <= parse_version(text) < Version(5, 4, 0)


def always_opens_rocksdb(text: str) -> bool:
    """Tell whether every broker of this version loads RocksDB's native library at its start."""
    return parse_version(text) >= Version(5, 4, 0)


def top_directory(version: str) -> str:
    """Return the name of the one directory that a release's archive holds."""
    return f"rocketmq-all-{version}-bin-release"


def assembly_of(version: str) -> Assembly:
    """Return how a version's archive is assembled; one that cannot be is a ValueError."""
    if version not in ASSEMBLIES:
        *newer, oldest = ASSEMBLIES
        message = (
            f"cluster.artifact: 'maven' cannot assemble RocketMQ {version}, only "
            f"{', '.join(newer)} and {oldest}; for Apache's own archive add the lines that this "
            "command prints, where there is internet access: "
            f"make archive-digest VERSION={version}"
        )
        raise ValueError(message)
    return ASSEMBLIES[version]


def maven_sha512(version: str) -> str:
    """Return the digest of the archive assembled from Maven artifacts; ValueError without one."""
    return assembly_of(version).sha512
