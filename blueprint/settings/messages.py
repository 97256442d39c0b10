"""One line for each error of pydantic: the value, what is wrong, and what to write instead."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from blueprint.rocketmq.property_rules import SECRET
from blueprint.settings.fields import NAME, PATH, PROPERTY_NAME, SHA512
from blueprint.settings.introspection import (
    Location,
    as_yaml,
    example_at,
    keys_at,
    kinds_at,
)
from blueprint.settings.suggestions import suggest

LONGEST_VALUE = 100

PATTERNS = {
    NAME: "use lower-case letters, digits and single hyphens, a letter first",
    PATH: "use a path without control characters",
    PROPERTY_NAME: "use letters and digits, a lower-case letter first",
    SHA512: "use its 128 hexadecimal digits",
}
"""What to write, for each pattern of more than one field."""

NOT_AN_INTEGER = "is not a whole number; write one, for example {example}"
REMEDIES = {
    "enum": "is not allowed; use {expected}",
    "literal_error": "is not allowed; use {expected}",
    "int_type": NOT_AN_INTEGER,
    "int_parsing": NOT_AN_INTEGER,
    "int_parsing_size": NOT_AN_INTEGER,
    "int_from_float": NOT_AN_INTEGER,
    "greater_than_equal": "is out of range; must be at least {ge}",
    "less_than_equal": "is out of range; must be at most {le}",
    "bool_type": "is neither true nor false; write one of them, without quotes",
    "string_too_short": "is empty; write it, for example {example}",
    "string_too_long": "is too long; write at most {max_length} characters",
    "too_short": "is empty; write at least one, for example {example}",
    "tuple_type": "is not a list; write one, for example {example}",
    "dict_type": "is not an object; write one, for example {example}",
    "model_type": "is not an object; write one with the keys {keys}",
    "model_attributes_type": "is not an object; write one with the keys {keys}",
    "ip_v4_address": "is not an IPv4 address; write four numbers, for example 192.0.2.11",
    "ip_v4_network": (
        "is not an IPv4 network; write its first address and length, for example 192.0.2.0/24"
    ),
}
"""What is wrong and what to write, by pydantic's type of the error."""


def explain(error: ErrorDetails, path: Location) -> str:
    """Return an error's message, without the key."""
    kind, location = error["type"], error["loc"]
    if kind == "missing":
        return f"is missing; write it, for example {path[-1]}: {example_at(location)}"
    hidden = _is_hidden(path)
    given = "its value" if hidden else shown(error["input"])
    if kind == "extra_forbidden":
        allowed = keys_at(location[:-1])
        hint = suggest(str(path[-1]), allowed, "")
        allowed_keys = f"allowed keys: {', '.join(allowed)}"
        with_value = "" if hidden else f" with value {given}"
        return f"unknown key{with_value}; {hint + ' ' if hint else ''}{allowed_keys}"
    if kind.startswith("union_tag_"):
        return _explain_kind(error)
    if kind == "value_error":
        return f"{given} {error['ctx']['error']}"
    return f"{given} {_remedy(error) or 'is not allowed: ' + error['msg']}"


def _explain_kind(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    discriminator = str(context["discriminator"]).strip("'")
    kinds = ", ".join(repr(kind) for kind in kinds_at(error["loc"], discriminator))
    if error["type"] == "union_tag_not_found":
        return f"is missing, and determines the other keys; write one of {kinds}"
    return f"{shown(context['tag'])} is not allowed; use one of {kinds}"


def _remedy(error: ErrorDetails) -> str | None:
    """Return what is wrong with the value and what to write; None for other errors."""
    if error["type"] == "string_type":
        return _not_text(error["input"])
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        pattern = context["pattern"]
        otherwise = f"use what matches {pattern}, for example {example_at(error['loc'])}"
        return f"is not allowed; {PATTERNS.get(pattern, otherwise)}"
    if error["type"] not in REMEDIES:
        return None
    keys = ", ".join(keys_at(error["loc"]))
    return REMEDIES[error["type"]].format(example=example_at(error["loc"]), keys=keys, **context)


def _not_text(given: object) -> str:
    if isinstance(given, int | float):
        text = as_yaml(given)
        example = f', for example "{text}"' if len(text) <= LONGEST_VALUE else ""
        return f"is not text; write it in quotes{example}"
    return "is not text; write some, or leave the key out"


def shown(value: object) -> str:
    """Return a value as a message shows it, cut to a line's length."""
    if isinstance(value, Mapping):
        return "an object"
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def shown_key(key: str) -> str:
    """Return a key as a message shows it: quoted if it would break the line."""
    return key if key.isprintable() else shown(key)


def _is_hidden(path: Location) -> bool:
    # A URL may contain a login.
    return path[-1:] == ("url",) or not SECRET.isdisjoint(map(str, path))
