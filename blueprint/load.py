"""From the stack's raw configuration to settings, with every problem in one report."""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from blueprint.errors import SettingsError
from blueprint.plan.deployed import NOT_DEPLOYED, DeployedState
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.introspection import DISCRIMINATORS, MAPPING_KEY, Location
from blueprint.settings.messages import explain
from blueprint.validation.problems import find_problems

ROOT = "cluster"
DEEPEST = 6
"""Levels of settings: a key taken out may leave its object without something required."""

STAND_IN_HOSTS = {
    "provider": "nspawn",
    "servers": [{"name": "unknown", "address": "10.98.64.2"}],
}
"""In place of hosts that cannot be used, so that the rest is a whole; no check looks at them."""

Check = Callable[[ClusterSettings], Iterable[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """What can be checked further of settings with errors."""

    settings: ClusterSettings
    unusable: frozenset[str]
    """The keys of `cluster` with an error inside: what is said of them is not what was meant."""


def parse_settings(
    raw: Mapping[str, Any], *further_checks: Check, deployed: DeployedState = NOT_DEPLOYED
) -> ClusterSettings:
    """Return the settings that `raw`, the stack's `cluster` object, spells.

    Args:
        raw: the object, as the engine decodes it.
        deployed: what the stack has made already.
        further_checks: each yields a line per problem; run when the rest finds none of its own
            fields unusable.

    Raises:
        SettingsError: with one line for every problem, whatever layer finds it.

    """
    if not isinstance(raw, Mapping):
        message = f"{ROOT}: {raw!r} is not an object of settings; write one with the key hosts"
        raise SettingsError((message,))
    try:
        settings = ClusterSettings.model_validate(raw)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        problems = [_line(error, raw) for error in errors if not _follows(error, errors)]
        rest = _usable_part(raw, errors)
        if rest is not None:
            problems += _all_problems(rest, further_checks, deployed)
        raise SettingsError(tuple(dict.fromkeys(problems))) from None
    problems = _all_problems(
        Rest(settings=settings, unusable=frozenset()), further_checks, deployed
    )
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def _all_problems(
    rest: Rest, further_checks: Iterable[Check], deployed: DeployedState
) -> list[str]:
    problems = list(find_problems(rest.settings, deployed, rest.unusable))
    if not rest.unusable.isdisjoint({"hosts", "artifact"}):
        return problems
    for check in further_checks:
        try:
            problems += check(rest.settings)
        except ValueError:
            # It needs what an earlier line already says is unusable, as an unknown version.
            if not problems:
                raise
    return problems


def _usable_part(raw: Mapping[str, Any], errors: list[ErrorDetails]) -> Rest | None:
    """Return what is left without whatever is in error, if that is still a whole."""
    rest = copy.deepcopy(dict(raw))
    unusable: set[str] = set()
    for _ in range(DEEPEST):
        for error in errors:
            path = _path_in(raw, error["loc"])
            # What a key that nobody knows would have been for does not change the others.
            if error["type"] != "extra_forbidden":
                unusable.add(str(path[0]))
            if not _remove(rest, path[:-1] if error["type"] == "missing" else path):
                rest.pop(str(path[0]), None)
        if "hosts" not in rest:
            unusable.add("hosts")
            rest["hosts"] = STAND_IN_HOSTS
        try:
            settings = ClusterSettings.model_validate(rest)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
        else:
            return Rest(settings=settings, unusable=frozenset(unusable))
    return None


def _remove(container: Any, path: Location) -> bool:  # noqa: ANN401 (raw configuration is any JSON)
    """Take out one key; a list keeps its items, since the others are known by their positions."""
    for step in path[:-1]:
        try:
            container = container[step]
        except (KeyError, IndexError, TypeError):
            return True
    if not path or not isinstance(container, dict):
        return False
    container.pop(path[-1], None)
    return True


def _path_in(raw: Any, location: Location) -> Location:  # noqa: ANN401 (raw configuration is any JSON)
    """Return the location without the steps that are pydantic's own.

    Those are the member of a union, and the mark of a mapping's key.
    """
    path: list[int | str] = []
    here: Any = raw
    for position, step in enumerate(location):
        last = position == len(location) - 1
        tags = [here.get(key) for key in DISCRIMINATORS] if isinstance(here, Mapping) else ()
        if step == MAPPING_KEY or (not last and step in tags):
            continue
        if isinstance(here, Mapping) and (step in here or last):
            here = here.get(step)
        elif isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
            here = here[step]
        elif not last:
            continue
        path.append(step)
    return tuple(path)


def _follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Tell whether a list is only too short because an item of it is in error itself."""
    here = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(here) and other["loc"][: len(here)] == here for other in errors
    )


def _line(error: ErrorDetails, raw: Mapping[str, Any]) -> str:
    path = _path_in(raw, error["loc"])
    if error["type"].startswith("union_tag_") and not isinstance(_at(raw, path), str):
        # Where a bare word may stand for the object, it is the key's own value.
        path = (*path, str(error.get("ctx", {})["discriminator"]).strip("'"))
    key = ROOT + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)
    return f"{key}: {explain(error, path)}"


def _at(raw: Any, path: Location) -> Any:  # noqa: ANN401 (raw configuration is any JSON)
    for step in path:
        raw = raw[step]
    return raw
