"""Link an archive to the path that it is uploaded from, which is the same in every clone."""

import os
import tempfile
from pathlib import Path

from blueprint.plan.archives import upload_path


def link_for_upload(archive: Path, sha512: str, project: Path) -> Path:
    """Link the archive below the project and return the path of the link.

    It is a hard link where the file system allows it, otherwise a symbolic one; an old link is
    replaced atomically.

    Args:
        archive: an existing file whose digest was checked.
        sha512: that digest, as 128 hexadecimal digits.
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
            # It is on another file system, or not our file.
            link.symlink_to(real)
        link.replace(target)
    return target
