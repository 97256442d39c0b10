"""The kinds of fields that settings are made of; each refuses what it does not allow.

What a kind accepts besides its annotation is said to the JSON schema as its input type.
"""

from ipaddress import IPv4Network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from blueprint.settings.sizes import parse_mebibytes

NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SIZE = r"^[1-9][0-9]*(MiB|GiB)$"
SHA512 = r"^[0-9a-fA-F]{128}$"

HostName = Annotated[str, StringConstraints(pattern=NAME, max_length=24)]
GroupName = Annotated[str, StringConstraints(pattern=NAME, max_length=64)]
BrokerName = Annotated[str, StringConstraints(pattern=NAME, max_length=72)]
Sha512 = Annotated[str, StringConstraints(pattern=SHA512, to_lower=True)]


def _not_a_truth_value(value: object) -> object:
    if isinstance(value, bool):
        message = f"{value!r} is not a whole number; write one in digits"
        raise ValueError(message)  # noqa: TRY004 (pydantic reports ValueError, not TypeError)
    return value


not_a_truth_value = BeforeValidator(_not_a_truth_value)
"""Without it pydantic takes `true` for 1. After the bounds, which else the schema loses."""

WholeNumber = Annotated[int, not_a_truth_value]
Port = Annotated[int, Field(ge=1, le=65535), not_a_truth_value]


class Settings(BaseModel):
    """What all settings have in common: frozen, spelled in camel case, no unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=False,
        # The text under a field documents it for people and editors.
        use_attribute_docstrings=True,
    )


def _memory_text(value: object) -> object:
    return parse_mebibytes(value) if isinstance(value, str) else value


def _not_a_bare_number(value: object) -> object:
    if isinstance(value, int):
        message = f"{value!r} has no unit; write it as 512MiB or 4GiB"
        raise ValueError(message)  # noqa: TRY004 (pydantic reports ValueError, not TypeError)
    return value


Mebibytes = Annotated[
    int,
    Field(ge=1),
    BeforeValidator(_memory_text),
    BeforeValidator(
        _not_a_bare_number, json_schema_input_type=Annotated[str, Field(pattern=SIZE)]
    ),
]
"""Written with a unit, as 512MiB or 4GiB; kept in MiB."""


def property_text(value: object) -> object:
    """Return a property's value as RocketMQ's properties file spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value


PropertyText = Annotated[
    str, BeforeValidator(property_text, json_schema_input_type=str | int | float | bool)
]

Network = Annotated[
    IPv4Network, WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+){3}/[0-9]+$"})
]


def _without_login(url: str) -> str:
    # Not shown: it may hold a password.
    message = "is not an https://, http:// or file:// address without a login"
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http", "file"} or parts.username or parts.password:
        raise ValueError(message)
    return url


Url = Annotated[
    str,
    AfterValidator(_without_login),
    WithJsonSchema({"type": "string", "pattern": "^(https?|file)://[^@/?#]*([/?#].*)?$"}),
]


def source_in_full(value: object) -> object:
    """Accept the bare name of a source, as `maven`, for an object with just that `source`."""
    return {"source": value} if isinstance(value, str) else value


def kind_in_full(value: object) -> object:
    """Accept the bare name of a kind, as `none`, for an object with just that `kind`."""
    return {"kind": value} if isinstance(value, str) else value
