"""Recover from a killed run before the next one."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.engine.engine import Engine
from cli.errors import CommandError
from project import ROOT

PROC = Path("/proc")
ENDED_WITHIN_SECONDS = 10.0
DYING_SECONDS = 2.0
PLUGINS = ("pulumi-language-python", "pulumi-resource-", "pulumi-analyzer")
MACHINES = "-m machines "
REAPERS = frozenset({"systemd", "init", "tini", "dumb-init", "containerd-shim", "docker-init"})
"""Processes other than pid 1 that adopt orphans."""


def recover(engine: Engine, stack: str) -> None:
    """End leftover processes of dead runs, break their lock, drop their pending operations.

    Raises:
        CommandError: a living run holds the lock.

    """
    _break_dead_lock(engine, stack)
    end_leftovers()
    _forget_pending_creates(engine)


def _break_dead_lock(engine: Engine, stack: str) -> None:
    for lock in _locks(stack):
        try:
            holder = json.loads(lock.read_text("utf-8"))
            pid, computer = int(holder["pid"]), str(holder["hostname"])
        except (ValueError, KeyError, FileNotFoundError):
            pid, computer = 0, socket.gethostname()
        if computer != socket.gethostname():
            message = (
                f"stack {stack}: locked by process {pid} on {computer}; wait for it, "
                f"or if it is dead run pulumi cancel --stack {stack}"
            )
            raise CommandError(message)
        if pid and not _ends(pid):
            message = f"stack {stack}: process {pid} is updating it; wait, or end it: kill {pid}"
            raise CommandError(message)
        sys.stderr.write(f"stack {stack}: breaking the lock of process {pid}, which is dead\n")
        engine.cancel()


def _ends(pid: int) -> bool:
    """Return whether the engine is dead, or dies within a moment, after its killed parent."""
    deadline = time.monotonic() + DYING_SECONDS
    while _is_engine(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _locks(stack: str) -> list[Path]:
    """Return the lock files of a file backend; only those can be checked."""
    url = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    if url.scheme != "file":
        return []
    folder = (
        Path(url.path).expanduser() / ".pulumi" / "locks" / "organization" / "rocketmq" / stack
    )
    return sorted(folder.glob("*.json"))


def _is_engine(pid: int) -> bool:
    """Return whether the process is a running engine, not a zombie."""
    state = _stat(pid).rpartition(")")[2].split()[:1]
    return _name(pid) == "pulumi" and state not in (["Z"], ["X"])


def _forget_pending_creates(engine: Engine) -> None:
    stored = engine.export()
    deployment = stored.get("deployment") or {}
    pending = deployment.get("pending_operations") or []
    if not pending:
        return
    # Every create detects what already exists, so nothing is lost.
    names = sorted(operation["resource"]["urn"].rpartition("::")[2] for operation in pending)
    sys.stderr.write(f"an earlier run died while it changed {', '.join(names)}; doing it again\n")
    deployment["pending_operations"] = []
    _doubt_updates(deployment, pending)
    engine.replace_deployment(stored)


def _doubt_updates(deployment: dict[str, Any], pending: list[dict[str, Any]]) -> None:
    """Clear the recorded content of resources whose update died.

    The host may already have the new content. With the old content on record, reverting the
    change would look like no change, and the host would keep the new content.
    """
    updating = {o["resource"]["urn"] for o in pending if o.get("type") == "updating"}
    for resource in deployment.get("resources", []):
        if resource["urn"] in updating and "stdin" in resource.get("inputs", {}):
            resource["inputs"]["stdin"] = ""


def end_leftovers() -> None:
    """Kill plugins and scripts of this project whose engine is dead."""
    leftovers = sorted(_orphans())
    for pid in leftovers:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        except PermissionError:
            message = (
                f"process {pid}: a leftover of another user's killed run; end it: sudo kill {pid}"
            )
            raise CommandError(message) from None
        sys.stderr.write(f"ended process {pid}, a leftover of a killed run\n")
    deadline = time.monotonic() + ENDED_WITHIN_SECONDS
    while any((PROC / str(pid) / "cwd").exists() for pid in leftovers):
        if time.monotonic() > deadline:
            message = f"processes {leftovers}: still there after SIGKILL; see ps -p"
            raise CommandError(message)
        time.sleep(0.05)


def _orphans() -> Iterator[int]:
    """Yield this project's processes whose engine or command is gone."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and _is_ours(int(entry.name)) and _is_orphaned(int(entry.name)):
            yield int(entry.name)


def _is_ours(pid: int) -> bool:
    entry = PROC / str(pid)
    try:
        if (entry / "cwd").resolve(strict=True) != ROOT:
            return False
        words = (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return False
    return any(mark in words for mark in (*PLUGINS, MACHINES))


def _is_orphaned(pid: int) -> bool:
    """Return whether the topmost ancestor of ours was adopted by init.

    What a person started has a shell above it; what an engine started has the engine.
    """
    parent = _parent(pid)
    while _is_ours(parent):
        parent = _parent(parent)
    return parent <= 1 or _name(parent) in REAPERS


def _parent(pid: int) -> int:
    """Return the parent's pid, or 0 if the process is gone."""
    return int((_stat(pid) or ")? 0").rpartition(")")[2].split()[1])


def _name(pid: int) -> str:
    return _stat(pid).partition("(")[2].rpartition(")")[0]


def _stat(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text("utf-8")
    except OSError:
        return ""
