"""From the stack's raw configuration to settings, with every problem in one report."""

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from blueprint.checks import find_field_problems, find_problems
from blueprint.errors import SettingsError
from blueprint.history import NOTHING_YET, History
from blueprint.settings import ClusterSettings

ROOT = "cluster"
DEEPEST = 5
"""Levels of settings: a key taken out may leave its object without something required."""

DISCRIMINATORS = ("provider", "source")
"""The keys whose value says which other keys their object has."""

Location = tuple[int | str, ...]


Check = Callable[[ClusterSettings], Iterable[str]]


def parse_settings(
    raw: Mapping[str, Any], *further_checks: Check, history: History = NOTHING_YET
) -> ClusterSettings:
    """Return the settings that `raw`, the stack's `cluster` object, spells.

    Args:
        raw: the object, as the engine decodes it.
        history: what the stack has made already.
        further_checks: each yields a line per problem; run when the rest finds none of its own
            fields unusable.

    Raises:
        SettingsError: with one line for every problem, whatever layer finds it.

    """
    if not isinstance(raw, Mapping):
        raise SettingsError((f"{ROOT}: {raw!r} is not an object of settings",))
    try:
        settings = ClusterSettings.model_validate(raw)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        problems = [_line(error, raw) for error in errors if not _follows(error, errors)]
        rest = _without(raw, errors)
        if rest is not None:
            problems += _all_problems(rest, further_checks, history)
        else:
            problems += find_field_problems(raw.get("version"), raw.get("brokerProperties"))
        raise SettingsError(tuple(dict.fromkeys(problems))) from None
    problems = _all_problems(settings, further_checks, history)
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def _all_problems(
    settings: ClusterSettings, further_checks: Iterable[Check], history: History
) -> list[str]:
    problems = list(find_problems(settings, history))
    for check in further_checks:
        try:
            problems += check(settings)
        except ValueError:
            # It needs what an earlier line already says is unusable, as an unknown version.
            if not problems:
                raise
    return problems


def _without(raw: Mapping[str, Any], errors: list[ErrorDetails]) -> ClusterSettings | None:
    """Return what is left when whatever is in error is taken out, if that is still a whole."""
    rest = copy.deepcopy(dict(raw))
    for _ in range(DEEPEST):
        for error in errors:
            path = _path_in(raw, error["loc"])
            if not _remove(rest, path[:-1] if error["type"] == "missing" else path):
                return None
        try:
            return ClusterSettings.model_validate(rest)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
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
    """Return the location without the steps that pydantic adds for the member of a union."""
    path: list[int | str] = []
    here: Any = raw
    for position, step in enumerate(location):
        last = position == len(location) - 1
        tags = [here.get(key) for key in DISCRIMINATORS] if isinstance(here, Mapping) else ()
        if not last and step in tags:
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
    key = ROOT + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)
    kind = error["type"]
    if kind == "extra_forbidden":
        allowed = ", ".join(_keys_beside(error["loc"]))
        return f"{key}: {error['input']!r} is for no known key; allowed here are {allowed}"
    if kind == "missing":
        return f"{key}: is missing"
    if kind.startswith("union_tag_"):
        return _line_of_discriminator(key, error, in_full=not isinstance(_at(raw, path), str))
    said = error["msg"].removeprefix("Value error, ")
    given = error["input"]
    # An address may hold a login.
    hidden = isinstance(given, Mapping) or path[-1] == "url"
    shown = "" if hidden or repr(given) in said else f"{given!r}: "
    return f"{key}: {shown}{said[0].lower()}{said[1:]}"


def _line_of_discriminator(key: str, error: ErrorDetails, *, in_full: bool) -> str:
    """Return the line for an object whose kind is not said, or is none of those there are.

    Where a bare word may stand for the object, it is the key's own value.
    """
    context = error.get("ctx", {})
    if in_full:
        key = f"{key}.{str(context['discriminator']).strip(chr(39))}"
    if error["type"] == "union_tag_not_found":
        return f"{key}: is missing; it says of which kind the rest is"
    return f"{key}: {context['tag']!r} is not one of {context['expected_tags']}"


def _at(raw: Any, path: Location) -> Any:  # noqa: ANN401 (raw configuration is any JSON)
    for step in path:
        raw = raw[step]
    return raw


def _keys_beside(location: Location) -> list[str]:
    """Return the keys that the settings class at `location` knows."""
    model: Any = ClusterSettings
    for step in location[:-1]:
        model = _step_into(model, step)
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _step_into(model: Any, step: int | str) -> Any:  # noqa: ANN401 (annotations have no common type)
    candidates = _models_in(model)
    if get_origin(model) is Mapping:
        # A key of a mapping is a name that a person chose, whatever it looks like.
        return candidates[0] if candidates else model
    for candidate in candidates:
        for name, field in candidate.model_fields.items():
            if step == (field.alias or name):
                return field.annotation
            if name in DISCRIMINATORS and step in get_args(field.annotation):
                return candidate
    return candidates[0] if candidates and isinstance(step, int) else model


def _models_in(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 (annotations have no common type)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
