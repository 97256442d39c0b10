"""A running stack, and the commit that is measured."""

import json
import subprocess
from typing import Any

from project import ROOT


def outputs_of(stack: str) -> dict[str, Any]:
    """Return the stack's outputs, with secrets in clear text."""
    words = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", stack]
    return json.loads(_printed_by(*words))


def present_commit() -> str:
    return _printed_by("git", "rev-parse", "--short", "HEAD").strip()


def _printed_by(*words: str) -> str:
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
