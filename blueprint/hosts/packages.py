"""How each family of distributions installs what a host lacks; the only place that knows."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_JAVA = 11
"""The unified logging option of the command line came with Java 9; 11 is the oldest still kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageFamily:
    """Distributions whose /etc/os-release has one of `ids` as ID or in ID_LIKE.

    Java is installed by us; the commands for the rest are what the gate tells the user to run.
    """

    name: str
    ids: tuple[str, ...]
    commands: Mapping[str, str]
    """By what is wanted: java, python, newer_python, ss."""

    @property
    def pattern(self) -> str:
        """Return the shell pattern that matches ` $ID $ID_LIKE `."""
        return " | ".join(f'*" {distribution} "*' for distribution in self.ids)


_APT = "apt-get -o DPkg::Lock::Timeout=300"

# The first that the release has: 8 and 9 of the RHEL family have 17, 10 and Fedora begin with 21.
_JAVA_BY_DNF = " || ".join(
    f"dnf -y install java-{version}-openjdk-headless" for version in (17, 21, 11)
)
_BY_DNF = {
    "java": _JAVA_BY_DNF,
    "python": "dnf -y install python3",
    "ss": "dnf -y install iproute",
}
_PYTHON_BESIDE_THE_SYSTEMS = (
    "dnf -y install python3.11 && alternatives --set python3 /usr/bin/python3.11"
)
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
    # Some releases of these two also say that they are like RHEL, so they come first.
    PackageFamily(
        name="Alibaba Cloud Linux",
        ids=("alinux",),
        commands={**_BY_DNF, "newer_python": _PYTHON_BESIDE_THE_SYSTEMS},
    ),
    PackageFamily(
        name="Anolis OS",
        ids=("anolis",),
        commands={**_BY_DNF, "newer_python": _PYTHON_BESIDE_THE_SYSTEMS},
    ),
    PackageFamily(
        name="openEuler",
        ids=("openEuler",),
        commands={**_BY_DNF, "newer_python": _NEWER_RELEASE},
    ),
    PackageFamily(
        name="RHEL, CentOS Stream, Rocky, Alma, Fedora",
        ids=("rhel", "centos", "fedora"),
        commands={**_BY_DNF, "newer_python": _PYTHON_BESIDE_THE_SYSTEMS},
    ),
)
