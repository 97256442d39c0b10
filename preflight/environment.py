"""The Python environment that the program runs in."""

import filecmp
import sys
from collections.abc import Iterator
from pathlib import Path

from blueprint.settings.cluster import ClusterSettings
from project import ROOT


def find_environment_problems(_: ClusterSettings) -> Iterator[str]:
    """Check that the environment has the packages of `uv.lock`, if `make` made it.

    The engine never updates it, so that a command disturbs no other one that is running.
    """
    installed, wanted = Path(sys.prefix) / "uv.lock", ROOT / "uv.lock"
    if installed.is_file() and not filecmp.cmp(installed, wanted, shallow=False):
        yield f"{installed.parent.name}: has the packages of another uv.lock; run make python"
