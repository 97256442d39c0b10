"""The Pulumi engine, called for one stack."""

import json
from typing import Any

from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.processes import ask, show
from project import ROOT


class Engine:
    """`pulumi` on one stack, with the stack's own copy of its configuration."""

    def __init__(self, folder: StackFolder) -> None:
        self._folder = folder
        self._stack = folder.stack

    def exists(self) -> bool:
        """Tell whether the backend knows the stack."""
        stacks = json.loads(self._ask("stack", "ls", "--json"))
        return any(entry["name"].rpartition("/")[2] == self._stack for entry in stacks)

    def ensure_stack(self) -> None:
        """Make the stack when the backend does not know it.

        In the stack's folder, so that the engine writes the salt there and not into the
        repository.
        """
        if not self.exists():
            self._ask("-C", str(self._folder.folder), "stack", "init", self._stack)

    def run(self, *words: str) -> int:
        """Run a command that shows its own progress; return its exit status."""
        return show(["pulumi", *words, *self._options()], folder=ROOT)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secrets in clear; they never leave this process."""
        text = self._ask("stack", "output", "--json", "--show-secrets", "--stack", self._stack)
        found: dict[str, Any] = json.loads(text)
        return found

    def export(self) -> dict[str, Any]:
        """Return the stack's deployment as it is stored, secrets encrypted."""
        found: dict[str, Any] = json.loads(self._ask("stack", "export", "--stack", self._stack))
        return found

    def replace_deployment(self, deployment: dict[str, Any]) -> None:
        """Store another deployment."""
        self._ask("stack", "import", "--stack", self._stack, text=json.dumps(deployment))

    def cancel(self) -> None:
        """Remove the stack's lock."""
        self._ask("cancel", "--yes", "--stack", self._stack)

    def remove(self) -> None:
        """Forget the stack and its history."""
        folder = str(self._folder.folder)
        self._ask("-C", folder, "stack", "rm", "--yes", "--force", "--stack", self._stack)

    def _options(self) -> tuple[str, ...]:
        return ("--stack", self._stack, "--config-file", str(self._folder.config))

    def _ask(self, *words: str, text: str = "") -> str:
        try:
            done = ask(["pulumi", *words, "--non-interactive"], folder=ROOT, text=text)
        except FileNotFoundError:
            message = "pulumi: not found; run make toolchain, then source toolchain/env"
            raise CommandError(message) from None
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            message = f"pulumi {' '.join(words[:3])}: exit status {done.returncode}: {last}"
            raise CommandError(message)
        return done.stdout
