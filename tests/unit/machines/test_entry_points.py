"""The commands that deployed stacks have recorded in their state still exist."""

import subprocess
import sys

import pytest

from project import ROOT

LIBVIRT = ("claim", "release", "keep-data", "purge-data", "on", "off")
RECORDED = {
    "machines": ("network", "machine", "remove", "remove-network"),
    "machines.libvirt": LIBVIRT,
    "hypervisor": LIBVIRT,
}


@pytest.mark.parametrize("module", RECORDED)
def test_every_recorded_command_has_its_verbs(module):
    words = [sys.executable, "-m", module, "--help"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    _, _, verbs = done.stdout.partition("{")
    assert set(RECORDED[module]) <= set(verbs.partition("}")[0].split(","))


@pytest.mark.parametrize("module", RECORDED)
def test_an_unknown_verb_is_refused(module):
    words = [sys.executable, "-m", module, "no-such-verb"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "invalid choice: 'no-such-verb'" in done.stderr
