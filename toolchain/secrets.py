"""Refuse secrets in what git tracks: `python -m toolchain.secrets`."""

import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector

from project import ROOT
from system.programs import run

DETECTORS: tuple[RegexBasedDetector, ...] = (
    AWSKeyDetector(),
    BasicAuthDetector(),
    GitHubTokenDetector(),
    JwtTokenDetector(),
    PrivateKeyDetector(),
)
"""Without those for entropy, which report every pinned digest, and for keywords: ruff's S105 to
S107 find passwords in Python."""

ALLOWED = {
    "tests/engine/states/*.json.xz": "recorded states of stacks that are gone, with their keys",
    "tests/lab/test_lab.py": "looks for the marker of a private key, to show that none leaks",
    "tests/support/recording.py": "makes up keys whose body is a readable mark",
    "tests/unit/blueprint/plan/test_archives.py": "a password in a URL, which is refused",
    "tests/unit/blueprint/settings/test_json_schema.py": "a password in a URL, which is refused",
    "tests/unit/machines/nspawn/test_spec.py": "a private key without a body",
    "tests/unit/machines/shared/test_computer.py": "a password in a URL, which is not shown",
    "tests/unit/machines/shared/test_root_folder.py": "a password in a URL, which is not shown",
    "docs/images/*.png": "pictures; not text that can be searched",
}
"""Patterns of files that may hold what looks like a secret, each with its reason."""

_DIGESTS_ONLY = ("*uv.lock", "*go.sum")


def find_secrets(root: Path, names: Iterable[str]) -> Iterator[str]:
    """Iterate over one line per secret, and per binary file that cannot be searched.

    `names` are the files' paths below `root`.

    """
    for name in names:
        if any(fnmatch(name, pattern) for pattern in (*ALLOWED, *_DIGESTS_ONLY)):
            continue
        content = (root / name).read_bytes()
        if b"\0" in content:
            yield f"{name}: binary, so it cannot be searched for secrets"
        else:
            yield from _secrets_in(name, content.decode(errors="replace"))


def _secrets_in(name: str, text: str) -> Iterator[str]:
    for detector in DETECTORS:
        # Line by line is slow, and few files have a match at all.
        if any(pattern.search(text) for pattern in detector.denylist):
            for number, line in enumerate(text.splitlines(), start=1):
                if detector.analyze_line(name, line, number):
                    yield f"{name}:{number}: {detector.secret_type}"


def tracked_files(root: Path) -> list[str]:
    """Return the paths of the files that git tracks and the working tree has."""
    listed = run("git", "ls-files", "-z", folder=root).split("\0")
    return [name for name in listed if (root / name).is_file()]


def main() -> int:
    """Print what was found; return the exit code."""
    found = list(find_secrets(ROOT, tracked_files(ROOT)))
    for line in found:
        sys.stderr.write(f"{line}; remove it, or allow the file in toolchain/secrets.py\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
