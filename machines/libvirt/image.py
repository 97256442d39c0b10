"""Build, download or link the image of a stack's virtual machines, and check it."""

import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from blueprint.hosts.images import Image
from machines.libvirt.built_image import ensure_built
from machines.libvirt.qcow2 import virtual_size_mib
from project import cache_folder
from system.digests import sha512_of
from system.errors import LocalError
from system.progress import progress

BLOCK_BYTES = 1 << 20
MIB_PER_SECOND = 10
CONNECT_SECONDS = 60.0


def ensure_image(image: Image, project: Path) -> Path:
    """Link the image to where the program expects it, and return the link.

    Raises:
        LocalError: the image is unavailable, has another digest, or is not in qcow2 format.

    """
    link = project / image.link
    if link.is_file() and image.path is None:
        return link
    # The user may have replaced the file since.
    file = _file_of(image, project)
    try:
        virtual_size_mib(file)
    except ValueError as error:
        msg = f"cluster.hosts.image: {error}"
        raise LocalError(msg) from error
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(file)
    return link


def _file_of(image: Image, project: Path) -> Path:
    if image.url is not None:
        return _downloaded(image, image.url)
    if image.path is None:
        return ensure_built()
    file = (project / Path(image.path).expanduser()).resolve()
    if not file.is_file():
        msg = (
            f"cluster.hosts.image.path: {image.path} is not a file on this computer; correct the "
            "path"
        )
        raise LocalError(msg)
    _require_digest(image, file, "cluster.hosts.image.sha512")
    return file


def _downloaded(image: Image, url: str) -> Path:
    file = cache_folder() / "lab-image" / f"{image.digest}.qcow2"
    if file.is_file():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as unfinished:
        part = Path(unfinished) / file.name
        try:
            _download(url, part)
        except (OSError, ValueError) as error:
            msg = (
                f"cluster.hosts.image: {url} cannot be downloaded ({error}): "
                "use built (make lab-image), or a file on this computer"
            )
            raise LocalError(msg) from error
        _require_digest(image, part, url)
        part.replace(file)
    return file


def _download(url: str, part: Path) -> None:
    with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as answer, part.open("wb") as sink:  # noqa: S310 (the settings check the scheme)
        mib = int(answer.headers.get("Content-Length") or 0) >> 20

        def so_far() -> str:
            return f"{part.stat().st_size >> 20} of {mib} MB"

        what = f"image: downloading {mib} MB from {urlsplit(url).hostname}"
        with progress(what, mib / MIB_PER_SECOND, so_far):
            while block := answer.read(BLOCK_BYTES):
                sink.write(block)


def _require_digest(image: Image, file: Path, what: str) -> None:
    found = sha512_of(file)
    if found != image.sha512:
        expected = (image.sha512 or "")[:16]
        msg = f"{what}: has {found[:16]}…, expected {expected}…; correct the digest or the file"
        raise LocalError(msg)
