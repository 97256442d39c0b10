"""A copy of this project, as a fresh checkout."""

import subprocess
from pathlib import Path

from project import ROOT


def copy_working_tree(folder: Path) -> None:
    """Copy the files that git tracks or would add, with their present content."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
