"""Read RocketMQ's two kinds of text bodies: fastjson and properties."""

from __future__ import annotations

import json
import re
from typing import Any

# Strings come first in the alternation, so digits and colons inside one are left alone.
_STRING_OR_BARE_KEY = re.compile(r'"(?:[^"\\]|\\.)*"|([{,]\s*)(-?\d+|\{[^{}]*\})(\s*:)', re.DOTALL)


def parse_json_object(body: bytes) -> dict[str, Any]:
    """Parse an object whose keys may be bare numbers or flat objects, as fastjson writes them.

    Such a key becomes its own text.

    Raises:
        ValueError: the body is not such an object.

    """
    try:
        value = json.loads(_STRING_OR_BARE_KEY.sub(_quote_key, body.decode()))
    except RecursionError as error:
        raise ValueError(str(error)) from error
    if isinstance(value, dict):
        return value
    message = f"a JSON object was expected, not {type(value).__name__}"
    raise ValueError(message)


def _quote_key(match: re.Match[str]) -> str:
    before, key, after = match.groups()
    return match.group() if key is None else f"{before}{json.dumps(key)}{after}"


def parse_properties(body: bytes) -> dict[str, str]:
    """Parse `key=value` lines; RocketMQ escapes nothing in them.

    Raises:
        ValueError: the body is not UTF-8.

    """
    lines = (line.partition("=") for line in body.decode().splitlines())
    return {key.strip(): value for key, equals, value in lines if equals}


def render_properties(changes: dict[str, str]) -> bytes:
    """Return the `key=value` lines of `changes`."""
    return "".join(f"{key}={value}\n" for key, value in changes.items()).encode()
