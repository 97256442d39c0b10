"""Whose a stack's machines are: the same state (its token) or the same project folder."""

import contextlib
from dataclasses import asdict, dataclass
from pathlib import Path

from machines.shared.errors import MachinesError
from machines.shared.places import StackPlace
from machines.shared.records import read_object, write_object


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The token from the Pulumi state (empty while there is none) and the project's folder."""

    token: str
    path: str


def project_path() -> str:
    """Return the project's folder: the verbs are called from it."""
    return str(Path.cwd())


def read_owner(place: StackPlace) -> Owner | None:
    """Return who claimed the stack on this computer, or None."""
    value = read_object(place.owner_file)
    if value is None:
        return None
    return Owner(token=str(value.get("token", "")), path=str(value.get("path", "")))


def is_same_owner(claimed: Owner, asking: Owner) -> bool:
    """Return whether the machines of `claimed` may be changed by `asking`."""
    same_token = bool(asking.token) and claimed.token == asking.token
    return same_token or claimed.path == asking.path


def require_free_or_own(place: StackPlace, asking: Owner) -> Owner | None:
    """Return the present claim, if any.

    Raises:
        MachinesError: another project holds the stack's machines.

    """
    claimed = read_owner(place)
    if claimed is not None and not is_same_owner(claimed, asking):
        msg = (
            f"stack {place.stack}: its machines on this computer belong to {claimed.path}: "
            f"run `make down` there, or choose another stack name"
        )
        raise MachinesError(msg)
    return claimed


def require_claimed(place: StackPlace, asking: Owner) -> None:
    """Refuse a stack that is not claimed, as after a sweep that ran while we waited.

    Raises:
        MachinesError: nobody, or another project, holds the stack.

    """
    if require_free_or_own(place, asking) is None:
        msg = f"stack {place.stack}: not claimed on this computer: run `make up` again"
        raise MachinesError(msg)


def claim(place: StackPlace, asking: Owner) -> None:
    """Write the owner into the stack's folder.

    Raises:
        MachinesError: another project holds the stack's machines.

    """
    claimed = require_free_or_own(place, asking)
    place.hosts_folder.mkdir(parents=True, exist_ok=True)
    if claimed != asking:
        write_object(place.owner_file, asdict(asking))


def release(place: StackPlace) -> None:
    """Give a claim back, with the folders of a stack that has no machine in them."""
    place.owner_file.unlink(missing_ok=True)
    for folder in (place.hosts_folder, place.folder, place.folder.parent):
        # Other stacks may be beside it.
        with contextlib.suppress(OSError):
            folder.rmdir()


def require_sweepable(place: StackPlace, *, force: bool) -> None:
    """Refuse to sweep the machines of another project that still exists.

    Raises:
        MachinesError: the owner is another project folder, and `force` is not given.

    """
    claimed = None if force else read_owner(place)
    if claimed is None or claimed.path == project_path():
        return
    if Path(claimed.path).exists():
        msg = (
            f"stack {place.stack}: its machines belong to {claimed.path}: "
            f"run `make down` there, or sweep with --force"
        )
        raise MachinesError(msg)
