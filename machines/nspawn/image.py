"""The image of all machines: built once per recipe, shared read-only from the cache."""

import shutil
import time
from pathlib import Path

from machines.nspawn.recipe import RECIPE
from machines.shared.computer import install_packages
from machines.shared.recipe import recipe_digest
from machines.shared.root_folder import build_once, make_root
from project import cache_folder
from system.programs import run, tool_environment
from system.progress import say

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_PACKAGE_OF = {
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "mount": "mount",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}


def image_folder() -> Path:
    """Return the path of the current recipe's image, which may not exist yet."""
    return cache_folder() / "host-image" / recipe_digest(RECIPE)


def ensure_image() -> Path:
    """Return the image's folder; build it if it is missing.

    Raises:
        LocalError: a tool cannot be installed, or mmdebstrap failed.

    """
    install_packages(_missing_packages())
    return build_once(image_folder(), _build)


def _build(scratch: Path) -> Path:
    begun = time.monotonic()
    image = image_folder()
    what = f"image {image.name}"
    root = make_root(RECIPE, scratch, what)
    size, seconds = run("du", "-sm", str(root)).split()[0], time.monotonic() - begun
    say(f"{what}: {size} MB in {seconds:.0f} s, in {image}")
    return root


def _missing_packages() -> list[str]:
    """Return the Debian packages of required tools that are missing on this computer."""
    path = tool_environment()["PATH"]
    packages = {p for tool, p in _PACKAGE_OF.items() if shutil.which(tool, path=path) is None}
    if not KEYRING.exists():
        packages.add("debian-archive-keyring")
    return sorted(packages)
