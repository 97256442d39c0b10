"""A command for a host reaches it as typed; what takes long says so."""

import subprocess

from project import ROOT


def test_make_does_not_expand_a_command_for_a_host():
    typed = 'echo $HOME $(hostname) "$1" `id -u`'
    words = ["make", "-s", "--eval", "print: ; @printf '%s' \"$$CMD\"", "print", f"CMD={typed}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == typed


def test_every_target_that_installs_or_compiles_says_what_and_how_long():
    slow = ("pip install", "apt-get install", "uv sync", "-m venv", "go test", "go run")
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    recipes = [line for line in text.splitlines() if line.startswith("\t")]
    found = [line for line in recipes if any(words in line for words in slow)]
    assert len(found) > 6
    assert [line for line in found if "$(STEP) " not in line] == []
