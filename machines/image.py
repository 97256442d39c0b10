"""The image under every machine: built once per recipe, shared read-only from the cache."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from machines.apt_sources import kept_apt_options, read_mirrors, render_sources
from machines.commands import run
from machines.computer import debian_codename, ensure_tools, run_with_progress
from machines.locks import locked
from machines.places import cache_root, short_digest
from machines.recipe import CUSTOMIZE, LEFT_OUT, PACKAGES, SUITE, recipe_digest

BUILD_SECONDS = 1800.0
_BUILDING = ".building-"


def image_folder() -> Path:
    """Return where the image of the present recipe lies, or will lie."""
    return cache_root() / "host-image" / recipe_digest()


def ensure_image() -> Path:
    """Return the image's folder; build it when it is not there.

    Raises:
        MachinesError: a tool cannot be installed, or mmdebstrap failed.

    """
    ensure_tools()
    image = image_folder()
    if image.is_dir():
        return image
    _make_cache_folder(image.parent)
    lock = Path("/run/lock") / f"rocketmq-pulumi-{short_digest(str(image.parent))}.lock"
    with locked(lock, wait_seconds=BUILD_SECONDS):
        if not image.is_dir():
            _build(image)
        lock.unlink()
    return image


def _build(image: Path) -> None:
    begun = time.monotonic()
    for stale in image.parent.glob(f"{_BUILDING}*"):
        shutil.rmtree(stale)
    scratch = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=image.parent))
    sys.stderr.write(f"image {image.name}: Debian {SUITE}, {len(PACKAGES)} packages\n")
    log = scratch / "mmdebstrap.log"
    run_with_progress(_command(scratch), log, f"image {image.name}")
    (scratch / "root").replace(image)
    shutil.rmtree(scratch)
    seconds = time.monotonic() - begun
    size = run("du", "-sm", str(image)).split()[0]
    sys.stderr.write(f"image {image.name}: {size} MB in {seconds:.0f} s, in {image}\n")


def _command(scratch: Path) -> list[str]:
    """Write mmdebstrap's inputs and return its command, in a process tree that dies as one."""
    customize = scratch / "customize"
    customize.write_text(CUSTOMIZE, encoding="utf-8")
    customize.chmod(0o700)
    # The kernel ends setpriv's process with ours, and with it every process in its namespace.
    command = [
        *(
            "setpriv",
            "--pdeathsig",
            "KILL",
            "unshare",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ),
        *("mmdebstrap", "--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
        f"--dpkgopt=path-exclude={LEFT_OUT}",
        f"--customize-hook={customize}",
    ]
    options = kept_apt_options(run("apt-config", "dump")) if shutil.which("apt-config") else ""
    if options:
        # A proxy's address may hold a password: not in argv.
        file = scratch / "apt-options"
        file.write_text(options, encoding="utf-8")
        command.append(f"--aptopt={file}")
    command += [SUITE, str(scratch / "root")]
    codename = debian_codename()
    sources = render_sources(read_mirrors(Path("/etc/apt"), codename), SUITE) if codename else ""
    if sources:
        file = scratch / "image.sources"
        file.write_text(sources, encoding="utf-8")
        command.append(str(file))
    return command


def _make_cache_folder(folder: Path) -> None:
    """Make the cache's folders; under sudo they belong to the user whose cache it is."""
    if folder.exists():
        return
    _make_cache_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    parent = folder.parent.stat()
    os.chown(folder, parent.st_uid, parent.st_gid)
