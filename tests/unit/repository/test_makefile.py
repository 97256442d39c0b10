"""What a person types reaches the host as typed."""

import subprocess

from project import ROOT


def test_a_command_for_a_host_keeps_its_dollar_signs():
    typed = 'echo $HOME $(hostname) "$1" `id -u`'
    words = ["make", "-s", "--eval", "print: ; @printf '%s' \"$$CMD\"", "print", f"CMD={typed}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == typed
