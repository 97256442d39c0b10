"""The project's folders and the stack's own copy of its configuration."""

import os
import re
import secrets
from pathlib import Path
from typing import Any

from cli.errors import CommandError
from project import ROOT
from toolchain.stack_file import StackFileError, read_cluster, read_provider

SALT_LINE = re.compile(r"^encryptionsalt:.*\n?", re.MULTILINE)


class StackFolder:
    """The folder of a stack's private files, ignored by git."""

    def __init__(self, stack: str) -> None:
        self.stack = stack
        self.folder = ROOT / ".state" / "stacks" / stack
        self.committed_config = ROOT / f"Pulumi.{stack}.yaml"
        # The copy that the engine reads, and writes its `encryptionsalt` into.
        self.config = self.folder / f"Pulumi.{stack}.yaml"

    def compose_config(self) -> None:
        """Copy the committed file, keeping the salt that the engine wrote into the previous copy.

        Raises:
            CommandError: the stack has no file.

        """
        try:
            text = self.committed_config.read_text("utf-8")
        except FileNotFoundError:
            raise self._no_file() from None
        if not SALT_LINE.search(text) and self.config.exists():
            kept = SALT_LINE.search(self.config.read_text("utf-8"))
            text = text.rstrip("\n") + "\n" + (kept.group() if kept else "")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, "utf-8")
        (self.folder / "Pulumi.yaml").write_text(
            (ROOT / "Pulumi.yaml").read_text("utf-8"), "utf-8"
        )

    def committed_cluster(self) -> object:
        """Return the raw `cluster` object of the stack's file, which is only read.

        Raises:
            ClusterError: the stack has no file, or it holds no such object.

        """
        try:
            return read_cluster(self.committed_config)
        except FileNotFoundError:
            raise self._no_file() from None

    def cluster(self) -> dict[str, Any]:
        """Return the raw `cluster` object of the copy; empty if the program will refuse it."""
        try:
            found = read_cluster(self.config)
        except StackFileError:
            return {}
        return found if isinstance(found, dict) else {}

    def provider(self) -> str | None:
        """Return `cluster.hosts.provider` of the copy, or None if the settings lack it."""
        return read_provider(self.config)

    def _no_file(self) -> CommandError:
        known = ", ".join(sorted(p.name.split(".")[1] for p in ROOT.glob("Pulumi.*.yaml")))
        message = f"STACK={self.stack}: no {self.committed_config.name}; there are {known}"
        return CommandError(message)


def ensure_passphrase() -> None:
    """Generate the passphrase that encrypts this clone's state, unless the user set one."""
    given = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE", "")
    path = ROOT / ".state" / "passphrase"
    if Path(given) != path or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place, so that the state is never encrypted with a partly written passphrase.
    partial = path.with_name(f"passphrase.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    partial.rename(path)
