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
_SECOND_PYTHON = "dnf -y install python3.11 && alternatives --set python3 /usr/bin/python3.11"
_NEWER_RELEASE = "a newer release of the distribution has it"


def _by_dnf(name: str, *ids: str, newer_python: str = _SECOND_PYTHON) -> PackageFamily:
    commands = {
        "java": _JAVA_BY_DNF,
        "python": "dnf -y install python3",
        "ss": "dnf -y install iproute",
        "newer_python": newer_python,
    }
    return PackageFamily(name=name, ids=ids, commands=commands)


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
    _by_dnf("Alibaba Cloud Linux", "alinux"),
    _by_dnf("Anolis OS", "anolis"),
    _by_dnf("openEuler", "openEuler", newer_python=_NEWER_RELEASE),
    _by_dnf("RHEL, CentOS Stream, Rocky, Alma, Fedora", "rhel", "centos", "fedora"),
)
