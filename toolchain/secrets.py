"""Refuse secrets in what git tracks: `python -m toolchain.secrets`."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from project import ROOT

PLUGINS = (
    "AWSKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "JwtTokenDetector",
    "PrivateKeyDetector",
)
"""No detector of entropy, which takes each pinned digest for a secret, and none of keywords:
ruff's S105 to S107 find passwords in Python."""

ALLOWED = {
    "tests/engine/states/*.json.xz": "recorded states of stacks that are gone, with their keys",
    "tests/lab/test_lab.py": "looks for the marker of a private key, to show that none leaks",
    "tests/support/recording.py": "makes up keys whose body is a readable mark",
    "tests/unit/blueprint/plan/test_archives.py": "a password in a URL, which is refused",
    "tests/unit/blueprint/settings/test_json_schema.py": "a password in a URL, which is refused",
    "tests/unit/machines/nspawn/test_spec.py": "a private key without a body",
    "docs/images/*.png": "pictures; not text that can be searched",
}
"""Patterns of files that may hold what looks like a secret, each with its reason."""

_DIGESTS_ONLY = ("*uv.lock", "*go.sum")
_SETTINGS = {
    "plugins_used": [{"name": name} for name in PLUGINS],
    "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}],
}


def find_secrets(root: Path, names: Iterable[str]) -> Iterator[str]:
    """Iterate over one line per secret, and per binary file that cannot be searched.

    Args:
        root: the folder of the files.
        names: the files' paths below it.

    """
    with transient_settings(_SETTINGS):
        for name in names:
            if any(fnmatch(name, pattern) for pattern in (*ALLOWED, *_DIGESTS_ONLY)):
                continue
            if b"\0" in (root / name).read_bytes():
                yield f"{name}: binary, so it cannot be searched for secrets"
                continue
            for found in scan_file(str(root / name)):
                yield f"{name}:{found.line_number}: {found.type}"


def tracked_files(root: Path) -> list[str]:
    """Return the paths of the files that git tracks and the working tree has."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 (git is wherever PATH has it)
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [name for name in listed.split("\0") if (root / name).is_file()]


def main() -> int:
    """Print what was found; return the exit code."""
    found = list(find_secrets(ROOT, tracked_files(ROOT)))
    for line in found:
        sys.stderr.write(f"{line}; remove it, or allow the file in toolchain/secrets.py\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
