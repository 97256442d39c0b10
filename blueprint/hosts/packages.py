"""The package commands of each family of distributions."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_JAVA = 11
"""Unified logging options need Java 9; 11 is the oldest release that is still maintained."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageFamily:
    """Distributions whose /etc/os-release has one of `ids` as ID or in ID_LIKE.

    We install Java; the other commands are what the gate tells the user to run.
    """

    name: str
    ids: tuple[str, ...]
    commands: Mapping[str, str]
    """By what they install: java, python, newer_python, ss."""

    @property
    def pattern(self) -> str:
        """Return the shell pattern that matches ` $ID $ID_LIKE `."""
        return " | ".join(f'*" {distribution} "*' for distribution in self.ids)


_APT = "apt-get -o DPkg::Lock::Timeout=300"

# The first that the release offers: RHEL 8 and 9 have 17; RHEL 10 and Fedora start at 21.
_JAVA_BY_DNF = " || ".join(
    f"dnf -y install java-{version}-openjdk-headless" for version in (17, 21, 11)
)
_BY_DNF = {
    "java": _JAVA_BY_DNF,
    "python": "dnf -y install python3",
    "ss": "dnf -y install iproute",
}
_SECOND_PYTHON = "dnf -y install python3.11 && alternatives --set python3 /usr/bin/python3.11"
_NEWER_RELEASE = "a newer release of the distribution has it"

FAMILIES = (
    PackageFamily(
        name="Debian, Ubuntu",
        ids=("debian", "ubuntu"),
        commands={
            "java": (
                f"export DEBIAN_FRONTEND=noninteractive; {_APT} update -q && "
                f"{_APT} install -qy --no-install-recommends default-jre-headless"
            ),
            "python": "apt-get install -y python3",
            "newer_python": _NEWER_RELEASE,
            "ss": "apt-get install -y iproute2",
        },
    ),
    # Some releases of these two also have RHEL in ID_LIKE, so they come first.
    PackageFamily(
        name="Alibaba Cloud Linux",
        ids=("alinux",),
        commands={**_BY_DNF, "newer_python": _SECOND_PYTHON},
    ),
    PackageFamily(
        name="Anolis OS",
        ids=("anolis",),
        commands={**_BY_DNF, "newer_python": _SECOND_PYTHON},
    ),
    PackageFamily(
        name="openEuler",
        ids=("openEuler",),
        commands={**_BY_DNF, "newer_python": _NEWER_RELEASE},
    ),
    PackageFamily(
        name="RHEL, CentOS Stream, Rocky, Alma, Fedora",
        ids=("rhel", "centos", "fedora"),
        commands={**_BY_DNF, "newer_python": _SECOND_PYTHON},
    ),
)
