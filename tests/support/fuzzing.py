"""Schemathesis, run in its own environment, which `tests/fuzz/uv.lock` pins."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from project import ROOT

FUZZ = ROOT / "tests" / "fuzz"
SECONDS = 300
"""For the environment, the first time, and then the requests."""


@dataclass(frozen=True)
class Fuzzing:
    """What was found: nothing, or what `report` says."""

    has_passed: bool
    report: str


def fuzz(description: Path, url: str, folder: Path, examples: int, *headers: str) -> Fuzzing:
    """Ask a server, for each operation of its description, what is allowed and what is not.

    `folder` takes what it keeps from one run to the next, so that each run is the same.
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
