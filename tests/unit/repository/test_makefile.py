"""What make runs, with which words, and that it says what takes long."""

import os
import re
import subprocess
import sys

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


def test_the_environment_is_made_by_the_interpreter_itself_not_by_a_wrapper(tmp_path):
    """As pyenv's `python3`, by whose path uv does not recognize the environment that it made."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tools / "python3").chmod(0o755)
    version = re.search(r"^UV_VERSION := (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    uv = tmp_path / ".state" / "uv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    uv.chmod(0o755)
    (tmp_path / ".state" / "uv" / version[1]).touch()
    (tmp_path / ".venv").mkdir()
    for lock in (tmp_path / "uv.lock", tmp_path / ".venv" / "uv.lock"):
        lock.touch()
    done = subprocess.run(
        ["make", "-s", "-f", ROOT / "Makefile", "python"],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-2:] == ["--python", sys.executable]
