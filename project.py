"""Where this project keeps its own files, and where it may cache what is slow to make."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def cache_folder() -> Path:
    """Return `$XDG_CACHE_HOME/rocketmq-pulumi`, by default below `~/.cache`; it may not exist.

    A relative `XDG_CACHE_HOME` does not count, as the XDG base directory specification has it.
    """
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = configured if configured.is_absolute() else Path.home() / ".cache"
    return base / "rocketmq-pulumi"
