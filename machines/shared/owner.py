"""Who owns the machines of a stack: a Pulumi state, known by its token, or a project folder."""

import contextlib
from dataclasses import asdict, dataclass
from pathlib import Path

from machines.shared.paths import StackPaths
from machines.shared.records import read_object, write_object
from system.errors import LocalError


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """A token from the Pulumi state, empty when there is none yet, and the project's folder."""

    token: str
    path: str


def project_path() -> str:
    """Return the project's folder, from which the verbs are run."""
    return str(Path.cwd())


def read_owner(paths: StackPaths) -> Owner | None:
    """Return the owner of the stack on this computer, or None."""
    value = read_object(paths.owner_file)
    if value is None:
        return None
    return Owner(token=str(value.get("token", "")), path=str(value.get("path", "")))


def require_free_or_own(paths: StackPaths, asking: Owner) -> Owner | None:
    """Return the current owner, or None; raise LocalError if another project owns the machines."""
    claimed = read_owner(paths)
    if claimed is None or claimed.path == asking.path:
        return claimed
    if not asking.token or claimed.token != asking.token:
        msg = (
            f"stack {paths.stack}: its machines on this computer belong to {claimed.path}: "
            f"run `make down STACK={paths.stack}` there, or choose another stack name"
        )
        raise LocalError(msg)
    return claimed


def require_claimed(paths: StackPaths, asking: Owner) -> None:
    """Raise LocalError unless `asking` owns the stack; a sweep may have run while we waited."""
    if require_free_or_own(paths, asking) is None:
        msg = (
            f"stack {paths.stack}: not claimed on this computer; "
            f"run `make up STACK={paths.stack}` again"
        )
        raise LocalError(msg)


def claim(paths: StackPaths, asking: Owner) -> None:
    """Record the owner in the stack's folder, unless another project owns the stack."""
    claimed = require_free_or_own(paths, asking)
    paths.hosts_folder.mkdir(parents=True, exist_ok=True)
    if claimed != asking:
        write_object(paths.owner_file, asdict(asking))


def release(paths: StackPaths) -> None:
    """Remove the owner's record, and the stack's folders if they are empty."""
    paths.owner_file.unlink(missing_ok=True)
    for folder in (paths.hosts_folder, paths.folder, paths.folder.parent):
        # Not empty: other machines or stacks are in it.
        with contextlib.suppress(OSError):
            folder.rmdir()


def require_sweepable(paths: StackPaths, *, force: bool) -> None:
    """Raise LocalError if another project that still exists owns the machines, unless `force`."""
    claimed = None if force else read_owner(paths)
    if claimed is None or claimed.path == project_path():
        return
    if Path(claimed.path).exists():
        msg = (
            f"stack {paths.stack}: its machines belong to {claimed.path}: "
            f"run `make down STACK={paths.stack}` there, or use --force"
        )
        raise LocalError(msg)
