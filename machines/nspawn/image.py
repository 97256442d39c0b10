"""The image under every machine: built once per recipe, shared read-only from the cache."""

import sys
import time
from pathlib import Path

from machines.nspawn.bootstrap import building, make_root
from machines.nspawn.recipe import RECIPE, recipe_digest
from machines.shared.computer import ensure_tools
from project import cache_folder
from system.programs import run


def image_folder() -> Path:
    """Return where the image of the present recipe lies, or will lie."""
    return cache_folder() / "host-image" / recipe_digest(RECIPE)


def ensure_image() -> Path:
    """Return the image's folder; build it when it is not there.

    Raises:
        MachinesError: a tool cannot be installed, or mmdebstrap failed.

    """
    ensure_tools()
    image = image_folder()
    if image.is_dir():
        return image
    with building(image) as scratch:
        if scratch is not None:
            _build(image, scratch)
    return image


def _build(image: Path, scratch: Path) -> None:
    begun = time.monotonic()
    packages = len(RECIPE.packages)
    sys.stderr.write(f"image {image.name}: Debian {RECIPE.suite}, {packages} packages\n")
    make_root(RECIPE, scratch, f"image {image.name}").replace(image)
    seconds = time.monotonic() - begun
    size = run("du", "-sm", str(image)).split()[0]
    sys.stderr.write(f"image {image.name}: {size} MB in {seconds:.0f} s, in {image}\n")
