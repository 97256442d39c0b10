"""Schemathesis, run in its own environment, locked by `tests/fuzz/uv.lock`."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from project import ROOT

FUZZ = ROOT / "tests" / "fuzz"
SECONDS = 300
"""Covers the requests and, the first time, the installation of the environment."""


@dataclass(frozen=True)
class Fuzzing:
    """Whether nothing was found, and the output of Schemathesis."""

    has_passed: bool
    report: str


def fuzz(description: Path, url: str, folder: Path, examples: int, *headers: str) -> Fuzzing:
    """Send each operation of an API description to a server, with valid and invalid data.

    Schemathesis keeps its data between runs in `folder`; with a new one, runs are reproducible.
    """
    uv = ROOT / ".state" / "uv" / "bin" / "uv"
    done = subprocess.run(
        [
            *(uv, "run", "--quiet", "--project", FUZZ, "--frozen"),
            *("schemathesis", "run", description, "--url", url),
            *("--seed", "1", "--max-examples", str(examples)),
            *(part for header in headers for part in ("--header", header)),
        ],
        cwd=folder,
        env={
            **os.environ,
            "UV_PROJECT_ENVIRONMENT": str(ROOT / ".state" / "fuzz"),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Fuzzing(done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:])
