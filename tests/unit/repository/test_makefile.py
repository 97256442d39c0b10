"""A command for a host reaches it as typed."""

import subprocess

from project import ROOT


def test_make_does_not_expand_a_command_for_a_host():
    typed = 'echo $HOME $(hostname) "$1" `id -u`'
    words = ["make", "-s", "--eval", "print: ; @printf '%s' \"$$CMD\"", "print", f"CMD={typed}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == typed
