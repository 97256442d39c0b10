"""From the stack's raw configuration to settings, and a line for every field in error."""

import copy
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from blueprint.errors import SettingsError
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.introspection import DISCRIMINATORS, MAPPING_KEY, Location
from blueprint.settings.messages import explain, shown_key

ROOT = "cluster"
DEEPEST = 6
"""Levels of settings: without a key, its object may lack something required, and so on up."""

STAND_IN_HOSTS = {
    "provider": "nspawn",
    "servers": [{"name": "unknown", "address": "10.98.64.2"}],
}
"""Replace hosts in error, so that the rest can be validated; no check looks at them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedSettings:
    """Settings, and what is wrong with the fields of the object that they were parsed from."""

    settings: ClusterSettings
    """With errors, what is left without the fields in error."""
    unusable: frozenset[str] = frozenset()
    """The keys of `cluster` with an error inside: their values here are not what was written."""
    problems: tuple[str, ...] = ()
    """One line for each field in error."""


def parse_settings(raw: object) -> ParsedSettings:
    """Return the settings in `raw`, the stack's `cluster` object as the engine decodes it.

    Raises:
        SettingsError: so much is in error that nothing is left to check further.

    """
    too_long = tuple(_too_long(raw, ()))
    if too_long:
        raise SettingsError(too_long)
    if not isinstance(raw, Mapping):
        message = f"{ROOT}: {raw!r} is not an object of settings; write one with the key hosts"
        raise SettingsError((message,))
    try:
        return ParsedSettings(settings=ClusterSettings.model_validate(raw))
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
    lines = [_line(error, raw) for error in errors if not _follows(error, errors)]
    problems = tuple(dict.fromkeys(lines))
    rest = _usable_part(raw, errors)
    if rest is None:
        raise SettingsError(problems)
    settings, unusable = rest
    return ParsedSettings(settings=settings, unusable=unusable, problems=problems)


def _too_long(value: object, path: Location) -> Iterator[str]:
    """Iterate over the integers that Python cannot write, so that no message could show them."""
    items: Iterable[tuple[int | str, object]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    elif isinstance(value, int):
        try:
            str(value)
        except ValueError:
            most = sys.get_int_max_str_digits()
            yield f"{_key(path)}: an integer of over {most} digits is too long; write fewer digits"
    for step, item in items:
        yield from _too_long(item, (*path, step))


def _usable_part(
    raw: Mapping[str, Any], errors: list[ErrorDetails]
) -> tuple[ClusterSettings, frozenset[str]] | None:
    """Return the settings without the fields in error, and the top-level keys of these."""
    rest = copy.deepcopy(dict(raw))
    unusable: set[str] = set()
    for _ in range(DEEPEST):
        for error in errors:
            path, _ = _locate(raw, error["loc"])
            # Without an unknown key, the others still mean what was written.
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
            return settings, frozenset(unusable)
    return None


def _remove(container: object, path: Location) -> bool:
    """Remove one key; return False for an item of a list, whose removal would shift the others."""
    owner: Any = container
    for step in path[:-1]:
        try:
            owner = owner[step]
        except (KeyError, IndexError, TypeError):
            return True
    if not path or not isinstance(owner, dict):
        return False
    owner.pop(path[-1], None)
    return True


def _locate(raw: object, location: Location) -> tuple[Location, object]:
    """Return the path and the value of an error.

    The path lacks pydantic's own steps: the members of unions, and the mark of a mapping's key.
    """
    path: list[int | str] = []
    here = raw
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
    return tuple(path), here


def _follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Return whether a list is too short only because an item of it is in error."""
    here = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(here) and other["loc"][: len(here)] == here for other in errors
    )


def _line(error: ErrorDetails, raw: Mapping[str, Any]) -> str:
    path, value = _locate(raw, error["loc"])
    if error["type"].startswith("union_tag_") and not isinstance(value, str):
        # A bare word in place of the object is itself the value of the discriminator.
        path = (*path, str(error.get("ctx", {})["discriminator"]).strip("'"))
    return f"{_key(path)}: {explain(error, path)}"


def _key(path: Location) -> str:
    return ROOT + "".join(f"[{s}]" if isinstance(s, int) else f".{shown_key(s)}" for s in path)
