"""The JSON schema of a stack's settings, by which editors check and complete them."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from blueprint.rocketmq.schemes import CONTROLLER_COUNTS, TRAITS, Scheme
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.property_schema import Schema, shared
from blueprint.settings.sizes import MEBIBYTES_PER_UNIT, SIZE

DIALECT = "http://json-schema.org/draft-07/schema#"
"""Older than pydantic's own, and understood by every editor."""

CLUSTER_FILE = "cluster.schema.json"
STACK_FILE = "stack.schema.json"
CONFIG_KEY = "rocketmq:cluster"


class _SettingsSchema(GenerateJsonSchema):
    """Says of defaults what a person would write, and nothing of null, which nobody does."""

    schema_dialect = DIALECT

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave null out: a key that is not wanted is left out."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Write sizes with their unit, and of objects only what is said."""
        default = schema.get("default")
        found = super().default_schema(schema)
        if default is None or (isinstance(default, BaseModel) and not default.model_fields_set):
            found.pop("default", None)
        elif isinstance(default, BaseModel):
            # Such a default says no more than its kind, for which the bare word stands.
            (found["default"],) = default.model_dump(exclude_unset=True).values()
        elif found.get("pattern") == SIZE and isinstance(default, int):
            found["default"] = _size(default)
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse keys that have not the form of a name."""
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Leave `discriminator` out, which is OpenAPI's; each member requires its own value."""
        found = super().tagged_union_schema(schema)
        return {key: value for key, value in found.items() if key != "discriminator"}


def cluster_schema() -> Schema:
    """Return the schema of the `cluster` object."""
    schema = _tidied(ClusterSettings.model_json_schema(schema_generator=_SettingsSchema))
    schema["allOf"] = [_of_scheme(scheme) for scheme in Scheme]
    return {"$schema": DIALECT, "title": "A RocketMQ cluster", **shared(schema)}


def _tidied(part: Any) -> Any:  # noqa: ANN401 (a schema is any JSON)
    """Leave out titles, which repeat the keys, and the line breaks of the texts in the code."""
    if isinstance(part, list):
        return [_tidied(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {k: _tidied(value) for k, value in part.items() if not _is_title(k, value)}
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].split())
    return found


def _is_title(key: str, value: object) -> bool:
    return key == "title" and isinstance(value, str)


def stack_schema() -> Schema:
    """Return the schema of a whole `Pulumi.<stack>.yaml`; the engine's own keys are its own."""
    return {
        "$schema": DIALECT,
        "title": "A stack of RocketMQ clusters as code",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {CONFIG_KEY: {"$ref": CLUSTER_FILE}},
                "required": [CONFIG_KEY],
            },
            "encryptionsalt": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "secretsprovider": {"type": "string"},
        },
        "required": ["config"],
    }


def render_schema(schema: Schema) -> str:
    """Return a schema's text, with a line break at its end."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _size(mebibytes: int) -> str:
    unit = "GiB" if mebibytes % MEBIBYTES_PER_UNIT["GiB"] == 0 else "MiB"
    return f"{mebibytes // MEBIBYTES_PER_UNIT[unit]}{unit}"


def _of_scheme(scheme: Scheme) -> Schema:
    """Return what a scheme says of the keys that depend on it."""
    allowed: Schema = {"replicas": {"enum": list(TRAITS[scheme].replicas)}}
    if scheme is not Scheme.SYNC:
        allowed["replication"] = False
    counts = {"enum": list(CONTROLLER_COUNTS)}
    allowed["controllers"] = counts if scheme is Scheme.CONTROLLER else False
    default = ClusterSettings.model_fields["scheme"].default
    said = {} if scheme is default else {"required": ["scheme"]}
    chosen = {"properties": {"scheme": {"const": scheme.value}}, **said}
    return {"if": chosen, "then": {"properties": allowed}}
