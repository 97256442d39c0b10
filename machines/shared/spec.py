"""Parse the JSON that a verb reads from standard input, before it changes anything."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from machines.shared.owner import Owner, project_path
from machines.shared.paths import StackPaths
from system.errors import LocalError

_SPEC = TypeVar("_SPEC", bound="StackSpec")
Check = Callable[[str, Any], Any]
"""Takes a key and its value; returns the value for the spec, or raises LocalError."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StackSpec:
    """A stack, and the owner who wants to change it."""

    stack: str
    owner: Owner

    @property
    def paths(self) -> StackPaths:
        """Return the stack's paths."""
        return StackPaths(stack=self.stack)


def parse_spec(text: str, kind: type[_SPEC], checks: Mapping[str, Check]) -> _SPEC:
    """Return the spec of a `kind` in a JSON text, which must hold every field of it.

    It may hold other keys of `checks`, too: a machine is removed with the spec that made it.

    Raises:
        LocalError: the first problem, with the key, the value and what is allowed.

    """
    try:
        value = json.loads(text)
    except ValueError as error:
        msg = f"spec: not JSON ({error}); give one object on standard input"
        raise LocalError(msg) from error
    if not isinstance(value, dict):
        msg = "spec: not a JSON object; give one object on standard input"
        raise LocalError(msg)
    names = {entry.name for entry in fields(kind)}
    allowed = ", ".join(sorted(names))
    if unknown := sorted(set(value) - set(checks)):
        msg = f"spec: unknown key {unknown[0]!r}; allowed keys: {allowed}"
        raise LocalError(msg)
    if missing := sorted(names - set(value)):
        msg = f"spec: key {missing[0]!r} is missing; required keys: {allowed}"
        raise LocalError(msg)
    return kind(**{name: checks[name](name, value[name]) for name in names})


def wrong_value(name: str, value: object, allowed: str) -> LocalError:
    """Return the error for a value that is not allowed."""
    return LocalError(f"spec: {name} = {value!r}; must be {allowed}")


def check_text(name: str, value: object) -> str:
    """Return a string that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise wrong_value(name, value, "a string that is not blank")
    return value


def _stack(name: str, value: object) -> str:
    return StackPaths(stack=check_text(name, value)).stack


def _owner(name: str, value: object) -> Owner:
    if not isinstance(value, dict) or set(value) != {"token"}:
        raise wrong_value(name, "…", 'an object with just "token"')
    return Owner(token=check_text("owner.token", value["token"]), path=project_path())


STACK_CHECKS: dict[str, Check] = {"stack": _stack, "owner": _owner}
