"""The image that cloud-init reads at a virtual machine's first boot (its data source NoCloud)."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from system.errors import LocalError
from system.programs import run

FOLDER = ".state/cloud-init"


def image_link(volume: str) -> str:
    """Return where the image of a volume is written: a relative path, the same in every clone."""
    return f"{FOLDER}/{volume}"


def require_mkisofs() -> None:
    """Raise LocalError unless mkisofs is installed."""
    if shutil.which("mkisofs") is None:
        msg = "cluster.hosts.provider: libvirt needs mkisofs; run `make hypervisor`"
        raise LocalError(msg)


def write_image(file: Path, contents: Mapping[str, str]) -> None:
    """Write an ISO 9660 image of files by name, readable by this user only.

    Raises:
        LocalError: mkisofs fails.

    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # Its mode is 0700, and it is in the same file system.
    with tempfile.TemporaryDirectory(dir=file.parent) as unfinished:
        folder = Path(unfinished)
        for name, text in contents.items():
            (folder / name).write_text(text, "utf-8")
        image = folder / "image.iso"
        names = ("-volid", "cidata", "-joliet", "-rock")
        run("mkisofs", "-quiet", *names, "-output", image, *(folder / name for name in contents))
        image.chmod(0o600)
        image.replace(file)
