"""The Pulumi engine, run for one stack."""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from blueprint.plan.deployed import is_half_written
from cli.engine.stack_folder import StackFolder
from cli.engine.unfinished import Unfinished
from cli.errors import CommandError
from cli.processes import show, show_lines
from project import ROOT
from system.programs import capture
from system.progress import say

RETRIES = 20
PAUSE_SECONDS = 0.05


def is_installed() -> bool:
    """Return whether an engine is on PATH, besides the script that toolchain/env puts there."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    others = [folder for folder in folders if Path(folder) != ROOT / "toolchain" / "bin"]
    return shutil.which("pulumi", path=os.pathsep.join(others)) is not None


class Engine:
    """`pulumi` on one stack, with the stack's own copy of its configuration."""

    def __init__(self, folder: StackFolder) -> None:
        self._folder = folder
        self._stack = folder.stack

    def exists(self) -> bool:
        """Tell whether the backend knows the stack."""
        stacks = json.loads(self._read("stack", "ls", "--json"))
        return any(entry["name"].rpartition("/")[2] == self._stack for entry in stacks)

    def ensure_stack(self) -> None:
        """Create the stack if the backend does not know it."""
        if not self.exists():
            # In its folder, so that the engine writes the salt there, not into the repository.
            self._ask("-C", str(self._folder.folder), "stack", "init", self._stack)

    def require_stack(self) -> None:
        """Raise CommandError if the backend does not know the stack."""
        if not self.exists():
            message = f"stack {self._stack}: does not exist; run make up STACK={self._stack}"
            raise CommandError(message)

    def run(self, *words: str) -> int:
        """Run a command that shows its own progress; return its exit status.

        On a terminal the engine shows what it waits for. In a log it only adds dots to a line.
        """
        options = ("--stack", self._stack, "--config-file", str(self._folder.config))
        command = ["pulumi", *words, *options]
        if sys.stdout.isatty():
            return show(command, folder=ROOT)
        begun, unfinished = time.monotonic(), Unfinished()

        def pass_on(line: str) -> None:
            sys.stdout.write(line)
            sys.stdout.flush()
            unfinished.read(line)

        def tell() -> None:
            waits = f", waiting for {unfinished}" if str(unfinished) else ""
            say(f"{words[0]} of stack {self._stack}: {time.monotonic() - begun:.0f} s{waits}")

        return show_lines([*command, "--suppress-progress"], pass_on, tell, folder=ROOT)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secrets decrypted: keep them in this process."""
        text = self._read("stack", "output", "--json", "--show-secrets", "--stack", self._stack)
        found: dict[str, Any] = json.loads(text)
        return found

    def export(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """Return the stored deployment, secrets encrypted unless they are to be shown."""
        shown = ("--show-secrets",) if show_secrets else ()
        text = self._read("stack", "export", *shown, "--stack", self._stack)
        found: dict[str, Any] = json.loads(text)
        return found

    def replace_deployment(self, deployment: dict[str, Any]) -> None:
        """Replace the stored deployment."""
        self._ask("stack", "import", "--stack", self._stack, text=json.dumps(deployment))

    def cancel(self) -> None:
        """Remove the stack's lock."""
        self._ask("cancel", "--yes", "--stack", self._stack)

    def remove(self) -> None:
        """Remove the stack and its history."""
        folder = str(self._folder.folder)
        self._ask("-C", folder, "stack", "rm", "--yes", "--force", "--stack", self._stack)

    def _read(self, *words: str) -> str:
        """Read from the state; retry while an update is writing it."""
        done = self._run(words)
        for _ in range(RETRIES):
            if not done.returncode or not is_half_written(_cause(done)):
                break
            time.sleep(PAUSE_SECONDS)
            done = self._run(words)
        return _printed(words, done)

    def _ask(self, *words: str, text: str = "") -> None:
        _printed(words, self._run(words, text))

    @staticmethod
    def _run(words: tuple[str, ...], text: str = "") -> CompletedProcess[str]:
        if not is_installed():
            message = "pulumi: not found; run make toolchain, then source toolchain/env"
            raise CommandError(message)
        command = ["pulumi", *words, "--non-interactive"]
        return capture(command, folder=ROOT, text=text, timeout_seconds=None)


def _printed(words: tuple[str, ...], done: CompletedProcess[str]) -> str:
    if done.returncode:
        message = f"pulumi {' '.join(words[:3])}: exit status {done.returncode}: {_cause(done)}"
        raise CommandError(message)
    return done.stdout


def _cause(done: CompletedProcess[str]) -> str:
    """Return the last line that a failed command has printed."""
    return (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
