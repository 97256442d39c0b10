"""Recover from a killed run before the next one."""

import json
import os
import re
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
from system.processes import (
    arguments_of,
    has_ended,
    name_of,
    parent_of,
    process_ids,
    working_folder_of,
)

ENDED_WITHIN_SECONDS = 10.0
DYING_SECONDS = 2.0
OURS = re.compile(
    r"pulumi-(language-python|resource-|analyzer)|-m (machines(\.(libvirt|nspawn))?|hypervisor) "
)
"""Plugins of the engine, and the commands that it runs, of former releases too."""
REAPERS = frozenset({"systemd", "init", "tini", "dumb-init", "containerd-shim", "docker-init"})
"""Processes other than pid 1 that adopt orphans."""


def recover(engine: Engine, stack: str) -> None:
    """End leftover processes of dead runs, break their lock, drop their pending operations.

    Raises:
        CommandError: a running update holds the lock.

    """
    _break_dead_lock(engine, stack)
    end_leftovers()
    _forget_pending_creates(engine)


def remove_torn_attributes() -> None:
    """Remove files of attributes that a killed engine left empty or cut: they hide every state.

    Only a backend without `metadata=skip` has them, and it needs none of them. While an engine
    runs, it may be writing them.
    """
    backend = _file_backend()
    if backend is None:
        return
    found = [backend / "meta.yaml.attrs", *(backend / "stacks").rglob("*.attrs")]
    torn = [file for file in found if file.is_file() and not _is_json(file)]
    if not torn or any(_is_held(lock) for lock in (backend / "locks").rglob("*.json")):
        return
    for file in torn:
        file.unlink(missing_ok=True)
        sys.stderr.write(f"{file}: removed; a killed run had written it only in part\n")


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return False
    return True


def _is_held(lock: Path) -> bool:
    """Return whether the engine that wrote a lock may still run; on other computers it may."""
    try:
        holder = json.loads(lock.read_text("utf-8"))
        pid, computer = int(holder["pid"]), str(holder["hostname"])
    except (ValueError, KeyError, FileNotFoundError):
        return False
    return computer != socket.gethostname() or _is_engine(pid)


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
        sys.stderr.write(
            f"stack {stack}: removing the stale lock of process {pid}, which has ended\n"
        )
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
    backend = _file_backend()
    if backend is None:
        return []
    return sorted((backend / "locks" / "organization" / "rocketmq" / stack).glob("*.json"))


def _file_backend() -> Path | None:
    """Return the folder in which the engine keeps its state; None if it is elsewhere."""
    url = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    return Path(url.path).expanduser() / ".pulumi" if url.scheme == "file" else None


def _is_engine(pid: int) -> bool:
    """Return whether the process is a running engine, not a zombie."""
    return name_of(pid) == "pulumi" and not has_ended(pid)


def _forget_pending_creates(engine: Engine) -> None:
    stored = engine.export()
    deployment = stored.get("deployment") or {}
    pending = deployment.get("pending_operations") or []
    if not pending:
        return
    # Every create detects what already exists, so nothing is lost.
    names = sorted(operation["resource"]["urn"].rpartition("::")[2] for operation in pending)
    sys.stderr.write(
        f"an earlier run was interrupted while changing {', '.join(names)}; repeating it\n"
    )
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
            message = f"process {pid}: left by another user's killed run; end it: sudo kill {pid}"
            raise CommandError(message) from None
        sys.stderr.write(f"ended process {pid}, a leftover of a killed run\n")
    deadline = time.monotonic() + ENDED_WITHIN_SECONDS
    while not all(map(has_ended, leftovers)):
        if time.monotonic() > deadline:
            message = f"processes {leftovers}: still there after SIGKILL; see ps -p"
            raise CommandError(message)
        time.sleep(0.05)


def _orphans() -> Iterator[int]:
    """Yield this project's processes whose engine or command is gone."""
    for pid in process_ids():
        if _is_ours(pid) and _is_orphaned(pid):
            yield pid


def _is_ours(pid: int) -> bool:
    return working_folder_of(pid) == ROOT and bool(OURS.search(" ".join(arguments_of(pid))))


def _is_orphaned(pid: int) -> bool:
    """Return whether the topmost ancestor of ours was adopted by init.

    What a person started has a shell above it; what an engine started has the engine.
    """
    parent = parent_of(pid)
    while _is_ours(parent):
        parent = parent_of(parent)
    return parent <= 1 or name_of(parent) in REAPERS
