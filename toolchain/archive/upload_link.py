"""Puts an archive at the path it is uploaded from, which is the same in every clone."""

import os
import tempfile
from pathlib import Path

from blueprint.plan.archives import upload_path


def link_for_upload(archive: Path, sha512: str, project: Path) -> Path:
    """Make the archive appear below the project and return that path.

    A hard link where the file system allows it, else a symbolic one; replaced atomically.

    Args:
        archive: an existing file whose SHA-512 was checked.
        sha512: its 128 hexadecimal digits.
        project: the clone's root.

    """
    target = project / upload_path(sha512)
    if target.exists() and target.samefile(archive):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".link-") as folder:
        link = Path(folder) / target.name
        real = archive.resolve()
        try:
            os.link(real, link)
        except OSError:
            # Another file system, or not our file: the bytes are the same through either link.
            link.symlink_to(real)
        link.replace(target)
    return target
