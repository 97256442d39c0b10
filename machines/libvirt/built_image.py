"""Build a bootable cloud image from Debian's packages, for where the official is unavailable."""

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machines.libvirt.recipe import DISK_MIB, EXTLINUX, RECIPE
from machines.shared.recipe import recipe_digest
from machines.shared.root_folder import build_once, make_root
from project import cache_folder
from system.errors import LocalError
from system.programs import ask, run
from system.progress import progress, say

MBR = Path("/usr/lib/syslinux/mbr/mbr.bin")
FIRST_SECTOR_BYTES = 1 << 20
COPY_SECONDS = 900.0
ABOUT_DISK_SECONDS = 20
BOOTS_ON = "x86_64"


def built_digest() -> str:
    """Return 16 hex digits over everything that determines the image."""
    return recipe_digest(RECIPE, EXTLINUX, str(DISK_MIB))


def built_file() -> Path:
    """Return the path of the current recipe's image, which may not exist yet."""
    return cache_folder() / "lab-image" / f"{built_digest()}.qcow2"


def ensure_built() -> Path:
    """Return the image's file; build it if it is missing.

    Raises:
        LocalError: the image does not boot on this architecture, or a tool failed.

    """
    if platform.machine() != BOOTS_ON:
        msg = (
            f"cluster.hosts.image: 'built' boots on {BOOTS_ON} only, this computer is "
            f"{platform.machine()}: use debian, or a file or URL of your own"
        )
        raise LocalError(msg)
    return build_once(built_file(), _build)


def _build(scratch: Path) -> Path:
    begun = time.monotonic()
    file = built_file()
    what = f"lab image {file.stem}"
    root = make_root(RECIPE, scratch, what)
    (root / "boot" / "extlinux").mkdir()
    (root / "boot" / "extlinux" / "extlinux.conf").write_text(EXTLINUX, encoding="utf-8")
    disk, finished = scratch / "disk.raw", scratch / "disk.qcow2"
    with progress(f"{what}: writing the disk", ABOUT_DISK_SECONDS):
        _partition(disk)
        with _as_device(disk) as device:
            # extlinux cannot read file systems with these two features.
            plain = ("-O", "^64bit,^metadata_csum", "-L", "root")
            run("mkfs.ext4", "-q", *plain, "-d", str(root), device, timeout_seconds=COPY_SECONDS)
            with _mounted(device, scratch / "mounted") as mounted:
                run("extlinux", "--install", str(mounted / "boot" / "extlinux"))
        run("qemu-img", "convert", "-O", "qcow2", disk, finished, timeout_seconds=COPY_SECONDS)
    finished.chmod(0o644)
    size, seconds = finished.stat().st_size >> 20, time.monotonic() - begun
    say(f"{what}: {size} MB in {seconds:.0f} s, in {file}")
    return finished


def _partition(disk: Path) -> None:
    with disk.open("wb") as image:
        image.truncate(DISK_MIB << 20)
    layout = ("mklabel", "msdos", "mkpart", "primary", "ext4", "1MiB", "100%")
    run("parted", "--script", str(disk), *layout)
    run("parted", "--script", str(disk), "set", "1", "boot", "on")
    with disk.open("r+b") as image:
        image.write(MBR.read_bytes())


@contextmanager
def _as_device(disk: Path) -> Iterator[str]:
    """Yield a loop device for the disk's only partition."""
    paths = ("--offset", str(FIRST_SECTOR_BYTES))
    device = run("losetup", "--find", "--show", *paths, str(disk)).strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device)


@contextmanager
def _mounted(device: str, folder: Path) -> Iterator[Path]:
    folder.mkdir()
    run("mount", device, str(folder))
    try:
        yield folder
    finally:
        if ask("umount", str(folder))[0] != 0:
            run("umount", "--lazy", str(folder))
