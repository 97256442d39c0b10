"""How each family of distributions installs what a host lacks."""

from dataclasses import dataclass

LEAST_JAVA = 11
"""The unified logging option of the command line came with Java 9; 11 is the oldest still kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageFamily:
    """Distributions whose /etc/os-release names `id` as ID or in ID_LIKE."""

    id: str
    install_java: str


FAMILIES = (
    PackageFamily(
        id="debian",
        install_java=(
            "export DEBIAN_FRONTEND=noninteractive; "
            "apt-get -o DPkg::Lock::Timeout=300 update -q && "
            "apt-get -o DPkg::Lock::Timeout=300 install -qy --no-install-recommends "
            "default-jre-headless"
        ),
    ),
)
