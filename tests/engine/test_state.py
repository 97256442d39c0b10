"""The program reads the state of its own stack while the engine may be writing it."""

import os
import subprocess
import sys

import pytest

from project import ROOT

pytestmark = pytest.mark.engine

PROGRAM = f"""
import sys, threading
from pathlib import Path

sys.path.insert(0, {str(ROOT)!r})
from components.deployed_state import read_deployed_state

(attributes,) = Path("backend").rglob("tested.json.attrs")
whole = attributes.read_bytes()
attributes.write_bytes(b"")  # as a writer that has just opened it leaves it
threading.Timer(0.5, attributes.write_bytes, [whole]).start()
read_deployed_state()
"""


def test_a_preview_beside_a_writer_of_the_state_waits_until_it_is_whole(tmp_path):
    (tmp_path / "backend").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: state\nruntime: {{name: python, options: {{virtualenv: {sys.prefix}}}}}\n"
    )
    (tmp_path / "__main__.py").write_text(PROGRAM)
    environment = os.environ | {
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/backend",
        "PULUMI_CONFIG_PASSPHRASE": "test",
    }
    environment.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)

    def pulumi(*words):
        done = subprocess.run(
            ["pulumi", *words, "--stack", "tested", "--non-interactive"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    pulumi("stack", "init")
    pulumi("preview")
