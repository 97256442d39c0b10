"""The JSON schema of broker properties: which may be set, and to what."""

from collections.abc import Mapping
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from blueprint.rocketmq.property_rules import (
    CLIENT_TIMEOUT_MS,
    DECIDED,
    ENUMS,
    INTEGER_BITS,
    NOT_SUPPORTED,
    WITHOUT_EFFECT,
    property_types,
)

Schema = dict[str, Any]

PRINTABLE = r"^([!-\[\]-~]([ -\[\]-~]*[!-\[\]-~])?)?$"
"""ASCII without a backslash and without blanks at the ends: what Java reads as it is written."""

WHOLE_NUMBER = {"type": "string", "pattern": "^-?[0-9]+$"}
NUMBER = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
NARROWER: Mapping[str, Schema] = {
    "brokerPermission": {"enum": [4, 6, "4", "6"]},
    "slaveTimeout": {"type": "integer", "minimum": 1, "maximum": CLIENT_TIMEOUT_MS - 1},
}
"""Keys of which the program allows less than their Java type does."""

NAME = "BrokerProperties"


class KnownProperties:
    """Stands beside the annotation of properties; the schema of all is kept once, under NAME."""

    def __get_pydantic_json_schema__(
        self, _core: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> Schema:
        """Return a mark, since pydantic knows no reference but its own; `shared` replaces it."""
        return {"$comment": NAME}


def shared(schema: Schema) -> Schema:
    """Return a schema of settings with its properties' schemas as references to a shared one."""
    return {
        **_referring(schema),
        "$defs": {NAME: properties_schema(), **_referring(schema["$defs"])},
    }


def _referring(part: Any) -> Any:  # noqa: ANN401 (a schema is any JSON)
    if isinstance(part, list):
        return [_referring(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: _referring(value) for key, value in part.items()}
    return {"$ref": f"#/$defs/{NAME}", **found} if found.pop("$comment", None) else found


def properties_schema() -> Schema:
    """Return the schema of an object of properties."""
    refused = DECIDED.keys() | NOT_SUPPORTED | WITHOUT_EFFECT.keys()
    return {
        "description": "Broker properties, spelled as RocketMQ spells them.",
        "type": "object",
        "properties": {
            name: _value(name, java_type)
            for name, java_type in property_types().items()
            if name not in refused
        },
        "additionalProperties": False,
    }


def _value(name: str, java_type: str) -> Schema:
    if name in NARROWER:
        return NARROWER[name]
    if name in ENUMS:
        return {"enum": list(ENUMS[name])}
    if java_type == "boolean":
        return {"enum": [True, False, "true", "false"]}
    if java_type in INTEGER_BITS:
        most = 2 ** (INTEGER_BITS[java_type] - 1)
        fitting = {"type": "integer", "minimum": -most, "maximum": most - 1}
        return {"anyOf": [fitting, WHOLE_NUMBER]}
    if java_type in {"double", "float"}:
        return {"anyOf": [{"type": "number"}, NUMBER]}
    return {"anyOf": [{"type": "string", "pattern": PRINTABLE}, {"type": ["number", "boolean"]}]}
