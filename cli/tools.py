"""Run those of our modules that make hosts and archives on this computer."""

import sys

from cli.errors import CommandError
from cli.processes import show
from project import ROOT
from system.programs import capture


def run_tool(module: str, *words: str) -> None:
    """Run a module that shows its progress and its errors on stderr; its stdout is dropped."""
    if show([sys.executable, "-m", module, *words], folder=ROOT, quiet=True):
        message = f"{module} {words[0]}: failed; fix the error above, then run this again"
        raise CommandError(message)


def run_machines(verb: str, stack: str, *words: str) -> None:
    """Run a short verb of `machines` for a stack; the last line of a failed one is the error."""
    command = [sys.executable, "-m", "machines", verb, "--stack", stack, *words]
    done = capture(command, folder=ROOT, timeout_seconds=None)
    *progress, last = done.stderr.splitlines() or [""]
    sys.stderr.write("".join(f"{line}\n" for line in progress))
    if done.returncode:
        raise CommandError(last or f"machines {verb}: exit status {done.returncode}")
    sys.stderr.write(f"{last}\n" if last else "")
