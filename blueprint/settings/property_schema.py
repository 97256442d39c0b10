"""The JSON schema of broker properties, made from the rules in rocketmq.property_rules."""

from collections.abc import Callable
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from blueprint.rocketmq.property_rules import (
    REFUSED,
    Form,
    Rule,
    listed_versions,
    property_types,
    rule_of,
)

Schema = dict[str, Any]

NAME = "BrokerProperties"


class KnownProperties:
    """Marks an annotation as broker properties, whose schema is shared under NAME."""

    def __get_pydantic_json_schema__(
        self, _core: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> Schema:
        """Return a mark that `share_properties` replaces by a reference."""
        return {"$comment": NAME}


def share_properties(schema: Schema) -> Schema:
    """Return a schema of settings in which all broker properties refer to one schema."""
    return {
        **_referring(schema),
        "$defs": {NAME: properties_schema(), **_referring(schema["$defs"])},
    }


def _referring(schema: Schema) -> Schema:
    found = map_objects(schema, _referring)
    return {"$ref": f"#/$defs/{NAME}", **found} if found.pop("$comment", None) else found


def map_objects(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Return a schema with every object directly inside it, also in lists, changed."""

    def changed(part: object) -> object:
        if isinstance(part, list):
            return [changed(item) for item in part]
        return change(part) if isinstance(part, dict) else part

    return {key: changed(part) for key, part in schema.items()}


def properties_schema() -> Schema:
    """Return the schema of an object of properties; the newest list contains the older ones."""
    newest = property_types(listed_versions()[-1])
    return {
        "description": "Broker properties, spelled as RocketMQ spells them.",
        "type": "object",
        "properties": {
            name: _value(rule_of(name, java_type))
            for name, java_type in newest.items()
            if name not in REFUSED
        },
        "additionalProperties": False,
    }


def _value(rule: Rule) -> Schema:
    if rule.choices:
        return {"enum": [*dict.fromkeys([*rule.choices, *rule.texts])]}
    text = {"type": "string", "pattern": rule.form.value}
    if rule.form is Form.INTEGER:
        number: Schema = {"type": "integer", "minimum": rule.least, "maximum": rule.most}
    elif rule.form is Form.NUMBER:
        number = {"type": "number"}
    else:
        number = {"type": ["number", "boolean"]}
    return {"anyOf": [number, text]}
