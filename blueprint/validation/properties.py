"""Broker properties that RocketMQ would ignore, misread, or that undo what is promised."""

import re
from collections.abc import Iterator, Mapping

from blueprint.rocketmq.property_rules import (
    CLIENT_TIMEOUT_MS,
    DECIDED,
    ENUMS,
    INTEGER_BITS,
    NOT_SUPPORTED,
    SECRET,
    TABLE_VERSION,
    WITHOUT_EFFECT,
    property_types,
)
from blueprint.settings.suggestions import suggest

FLOATING = re.compile(r"-?\d+(\.\d+)?")


def find_property_problems(place: str, properties: Mapping[str, str]) -> Iterator[str]:
    """Iterate over what is wrong with the properties at a place of the settings, one line each."""
    for name, value in properties.items():
        key = f"{place}.{name}"
        java_type = property_types().get(name)
        if name in DECIDED:
            yield (
                f"{key}: {value!r} cannot be set here; leave it out, it follows from "
                f"{DECIDED[name]}"
            )
        elif name in NOT_SUPPORTED:
            shown = "its value" if name in SECRET else repr(value)
            yield f"{key}: {shown} cannot be set, logins are not supported yet; leave it out"
        elif name in WITHOUT_EFFECT:
            yield f"{key}: {value!r} has no effect; {WITHOUT_EFFECT[name]}"
        elif java_type is None:
            hint = suggest(name, property_types(), "see RocketMQ's broker configuration")
            yield f"{key}: {value!r} is for a key that no broker of {TABLE_VERSION} knows; {hint}"
        else:
            yield from _value_problems(key, name, value, java_type)


def _value_problems(key: str, name: str, value: str, java_type: str) -> Iterator[str]:
    if value != value.strip() or "\n" in value or "\r" in value:
        yield (
            f"{key}: {value!r} has blanks at its ends or line breaks, which RocketMQ misreads; "
            "take them out"
        )
    elif "\\" in value or not value.isascii():
        yield (
            f"{key}: {value!r} has a backslash or a letter beyond ASCII, which Java misreads; "
            "write it without"
        )
    elif name in ENUMS:
        if value not in ENUMS[name]:
            yield f"{key}: {value!r} is not possible; write one of {', '.join(ENUMS[name])}"
    elif java_type == "boolean" and value not in {"true", "false"}:
        yield f"{key}: {value!r} is neither true nor false; write one of them"
    elif java_type in INTEGER_BITS:
        yield from _integer_problems(key, name, value, INTEGER_BITS[java_type])
    elif java_type in {"double", "float"} and FLOATING.fullmatch(value) is None:
        yield f"{key}: {value!r} is not a number; write one, as 0.75"


def _integer_problems(key: str, name: str, value: str, bits: int) -> Iterator[str]:
    if re.fullmatch(r"-?\d+", value) is None:
        yield f"{key}: {value!r} is not a whole number; write one, as 48"
        return
    number = int(value)
    most = 2 ** (bits - 1) - 1
    if not -most - 1 <= number <= most:
        yield (
            f"{key}: {value!r} does not fit in the {bits} bits that RocketMQ gives it; "
            f"write {-most - 1} to {most}"
        )
    if name == "slaveTimeout" and not 0 < number < CLIENT_TIMEOUT_MS:
        yield (
            f"{key}: {value!r} must be 1 to {CLIENT_TIMEOUT_MS - 1} ms; clients wait "
            f"{CLIENT_TIMEOUT_MS} ms and would see a timeout in place of FLUSH_SLAVE_TIMEOUT"
        )
    if name == "brokerPermission" and number not in {4, 6}:
        yield f"{key}: {value!r} is neither 6 (read and write) nor 4 (read, drained); write one"
