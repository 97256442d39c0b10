"""The types of the settings' fields.

`json_schema_input_type` tells the JSON schema what a field accepts besides its annotation.
"""

import re
from collections.abc import Callable
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

from blueprint.rocketmq.property_rules import as_text
from blueprint.settings.sizes import SIZE, parse_mebibytes

HIGHEST_PORT = 65535

NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
PROPERTY_NAME = r"^[a-z][a-zA-Z0-9]*$"
SHA512 = r"^[0-9a-fA-F]{128}$"
PATH = r"^[^\x00-\x1f\x7f]*$"
URL = r"^(https?|file)://[^@/?#\x00-\x1f\x7f]*([/?#][^\x00-\x1f\x7f]*)?$"

LOOPBACK_NAMES = ("localhost", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback")
"""Names in a host's own /etc/hosts, beside which the plan's names of hosts are written."""


def _not_loopback(name: str) -> str:
    if name in LOOPBACK_NAMES:
        message = "is each host's name for its loopback interface; write another name"
        raise ValueError(message)
    return name


HostName = Annotated[str, StringConstraints(pattern=NAME, max_length=24)]
ServerName = Annotated[
    HostName,
    AfterValidator(_not_loopback),
    Field(json_schema_extra={"not": {"enum": list(LOOPBACK_NAMES)}}),
]
GroupName = Annotated[str, StringConstraints(pattern=NAME, max_length=64)]
BrokerName = Annotated[str, StringConstraints(pattern=NAME, max_length=72)]
Sha512 = Annotated[str, StringConstraints(pattern=SHA512, to_lower=True)]
FilePath = Annotated[str, StringConstraints(pattern=PATH, min_length=1)]


def _not_boolean(value: object) -> object:
    if value is True or value is False:
        message = "is not a whole number; write one in digits"
        raise ValueError(message)
    return value


not_boolean = BeforeValidator(_not_boolean)
"""Without it pydantic takes `true` for 1. It must follow the bounds, or the schema loses them."""

WholeNumber = Annotated[int, not_boolean]
Port = Annotated[int, Field(ge=1, le=HIGHEST_PORT), not_boolean]
Generation = Annotated[int, Field(ge=1, le=1_000_000), not_boolean]
Switch = Annotated[bool, Field(strict=True)]
"""`true` or `false`; not the texts and numbers that pydantic would take for them."""


class Settings(BaseModel):
    """Base of all settings: frozen, keys in camel case, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=False,
    )


def _parse_size(value: object) -> int:
    if isinstance(value, str):
        return parse_mebibytes(value)
    message = "has no unit; write it as 512MiB or 4GiB"
    raise ValueError(message)


Mebibytes = Annotated[
    int,
    BeforeValidator(_parse_size, json_schema_input_type=Annotated[str, Field(pattern=SIZE)]),
]
"""Written with a unit, as 512MiB or 4GiB; the value is in MiB."""


def property_text(value: object) -> object:
    """Return a property's number or boolean as a properties file spells it."""
    return as_text(value) if isinstance(value, bool | int | float) else value


PropertyName = Annotated[str, StringConstraints(pattern=PROPERTY_NAME, max_length=128)]
PropertyText = Annotated[
    str, BeforeValidator(property_text, json_schema_input_type=str | int | float | bool)
]

Network = Annotated[
    IPv4Network, WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+){3}/[0-9]+$"})
]


def _without_login(url: str) -> str:
    # The URL is not in the message: it may hold a password.
    message = "is not an https://, http:// or file:// URL without a login"
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(message) from None
    if parts.scheme not in {"https", "http", "file"} or parts.username or parts.password:
        raise ValueError(message)
    if re.fullmatch(PATH, url) is None:
        message = "has control characters; write the URL without control characters"
        raise ValueError(message)
    return url


Url = Annotated[
    str,
    AfterValidator(_without_login),
    WithJsonSchema({"type": "string", "pattern": URL}),
]


def expand_to(key: str) -> Callable[[object], object]:
    """Return what expands a bare word, such as `maven`, to an object with just that `key`."""
    return lambda value: {key: value} if isinstance(value, str) else value
