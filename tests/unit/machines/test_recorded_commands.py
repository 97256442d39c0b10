"""What the state of a deployed stack runs on update and destroy still runs from this checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT
from tests.support.recorded_commands import RECORDED_COMMANDS


@pytest.mark.parametrize("command", RECORDED_COMMANDS)
def test_a_recorded_command_has_its_module_verb_and_options(command):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # As the engine runs it, by a shell in the project's folder.
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --help"],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    options = [word for word in command.split() if word.startswith("--")]
    assert [option for option in options if option not in done.stdout] == []


@pytest.mark.parametrize("module", ["machines", "machines.libvirt", "hypervisor"])
def test_an_unknown_verb_is_refused(module):
    words = [sys.executable, "-m", module, "no-such-verb"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "invalid choice: 'no-such-verb'" in done.stderr
