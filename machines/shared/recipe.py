"""What determines the content of an image, and the digest under which the image is cached."""

import hashlib
import json
import platform
from dataclasses import astuple, dataclass

SUITE = "bookworm"
PACKAGES = (
    "ca-certificates",
    "dbus",
    "iproute2",
    "iputils-ping",
    "openjdk-17-jre-headless",
    "openssh-server",
    "procps",
    "python3",
    "sudo",
    "systemd",
    "systemd-sysv",
    "udev",
    "unzip",
)
LEFT_OUT = "/usr/share/{doc,man,locale}/*"


@dataclass(frozen=True, kw_only=True, slots=True)
class RootRecipe:
    """What determines the content of an image's root folder.

    `left_out` is a path pattern for dpkg; `customize` is a shell script that mmdebstrap runs with
    the root folder as its argument.
    """

    suite: str
    packages: tuple[str, ...]
    left_out: str
    customize: str


def sshd_setup(*, permit_root_login: str) -> str:
    """Return the lines of a `customize` script that configure sshd and remove its host keys.

    The engine opens one connection per resource, many at a time; sshd must not drop them.
    """
    return f"""\
cat > "$root/etc/ssh/sshd_config.d/machines.conf" <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin {permit_root_login}
MaxStartups 50:30:200
MaxSessions 100
UseDNS no
END
rm -f "$root"/etc/ssh/ssh_host_*
"""


def recipe_digest(recipe: RootRecipe, *further: str) -> str:
    """Return 16 hex digits over the recipe, further inputs and the architecture."""
    whole = [platform.machine(), *astuple(recipe), *further]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]
