"""The outputs of a running stack."""

import json
import subprocess
from typing import Any

from project import ROOT


def outputs_of(stack: str) -> dict[str, Any]:
    """Return the stack's outputs, with secrets in clear text."""
    words = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", stack]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
