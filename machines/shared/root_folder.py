"""Build a Debian root folder from packages, with mmdebstrap and this computer's apt mirrors."""

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from machines.shared.apt_sources import read_mirrors, render_sources, transport_options
from machines.shared.computer import apt_cause, debian_codename
from machines.shared.paths import lock_of
from machines.shared.recipe import RootRecipe
from system.errors import LocalError
from system.locks import locked
from system.programs import last_line, run, run_logged, text_of
from system.progress import progress, say

BUILD_SECONDS = 1800.0
ABOUT_SECONDS = 60
_BUILDING = ".building-"


def build_once(product: Path, build: Callable[[Path], Path]) -> Path:
    """Return `product`, a file or folder of the cache; build it if it is missing.

    `build` takes an empty scratch folder beside the product and returns the path in it that
    becomes the product. One process builds at a time; what a killed one left is removed. Under
    sudo, new folders belong to the owner of the cache.

    Raises:
        LocalError: another process has been building it for half an hour.

    """
    if product.exists():
        return product
    _make_cache_folder(product.parent)
    lock = lock_of(product.parent)
    on_wait = partial(say, f"{product}: waiting for another process that builds it")
    with locked(lock, wait_seconds=BUILD_SECONDS, on_wait=on_wait):
        if not product.exists():
            for stale in product.parent.glob(f"{_BUILDING}*"):
                shutil.rmtree(stale)
            scratch = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=product.parent))
            try:
                build(scratch).replace(product)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        lock.unlink()
    return product


def make_root(recipe: RootRecipe, scratch: Path, what: str) -> Path:
    """Build a root folder in `scratch` and return it; `what` begins each line of progress.

    Raises:
        LocalError: mmdebstrap failed; the message has the cause, and the file with all that it
            printed.

    """
    log = scratch / "mmdebstrap.log"
    packages = f"Debian {recipe.suite} with {len(recipe.packages)} packages"
    with progress(f"{what}: {packages}", ABOUT_SECONDS, lambda: last_line(log)):
        status = run_logged(_command(recipe, scratch), log)
        if status:
            # Moved, which a full disk allows.
            kept = log.replace(scratch.with_name(log.name))
            message = (
                f"{what}: mmdebstrap: exit status {status}: {apt_cause(text_of(kept))}; check "
                f"disk, network and /etc/apt, and read {kept}"
            )
            raise LocalError(message)
    return scratch / "root"


def _command(recipe: RootRecipe, scratch: Path) -> list[str]:
    """Write mmdebstrap's input files and return its command line."""
    customize = scratch / "customize"
    customize.write_text(recipe.customize, encoding="utf-8")
    customize.chmod(0o700)
    # When we die, the kernel kills setpriv's process and with it all others in its namespace.
    command = [
        *("setpriv", "--pdeathsig", "KILL"),
        *("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"),
        *("mmdebstrap", "--mode=root", "--variant=minbase"),
        f"--include={','.join(recipe.packages)}",
        f"--dpkgopt=path-exclude={recipe.left_out}",
        f"--customize-hook={customize}",
    ]
    options = transport_options(run("apt-config", "dump")) if shutil.which("apt-config") else ""
    if options:
        # Not in argv: the URL of a proxy may contain a password.
        file = scratch / "apt-options"
        file.write_text(options, encoding="utf-8")
        command.append(f"--aptopt={file}")
    command += [recipe.suite, str(scratch / "root")]
    codename = debian_codename()
    mirrors = read_mirrors(Path("/etc/apt"), codename) if codename else ()
    if sources := render_sources(mirrors, recipe.suite):
        file = scratch / "image.sources"
        file.write_text(sources, encoding="utf-8")
        command.append(str(file))
    return command


def _make_cache_folder(folder: Path) -> None:
    if folder.exists():
        return
    _make_cache_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    parent = folder.parent.stat()
    os.chown(folder, parent.st_uid, parent.st_gid)
