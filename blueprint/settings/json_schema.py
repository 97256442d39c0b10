"""The JSON schema of a stack's settings, with which editors check and complete them."""

import json

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from blueprint.rocketmq.schemes import CONTROLLER_COUNTS, TRAITS, Scheme
from blueprint.settings.attribute_docstrings import attribute_docstrings
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.config_key import CONFIG_KEY
from blueprint.settings.property_schema import Schema, map_objects, share_properties
from blueprint.settings.sizes import MEBIBYTES_PER_UNIT, SIZE

DIALECT = "http://json-schema.org/draft-07/schema#"
"""Older than pydantic's default, and supported by every editor."""

CLUSTER_FILE = "cluster.schema.json"
STACK_FILE = "stack.schema.json"


class _SettingsSchema(GenerateJsonSchema):
    """Shows defaults as they are written in YAML, and omits null."""

    schema_dialect = DIALECT

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Describe each key by the text below its field."""
        found, model = super().model_schema(schema), schema["cls"]
        for name, text in attribute_docstrings(model).items():
            found["properties"][model.model_fields[name].alias]["description"] = text
        return found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Omit null: an optional key is left out instead."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Write sizes with their unit, and omit the defaults of objects."""
        default = schema.get("default")
        found = super().default_schema(schema)
        if default is None or (isinstance(default, BaseModel) and not default.model_fields_set):
            found.pop("default", None)
        elif isinstance(default, BaseModel):
            # Such a default holds its kind only, which is written as a bare word.
            (found["default"],) = default.model_dump(exclude_unset=True).values()
        elif found.get("pattern") == SIZE and isinstance(default, int):
            found["default"] = _size(default)
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse keys other than names."""
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Omit `discriminator`, which belongs to OpenAPI; each member requires its own value."""
        found = super().tagged_union_schema(schema)
        return {key: value for key, value in found.items() if key != "discriminator"}


def cluster_schema() -> Schema:
    """Return the schema of the `cluster` object."""
    schema = _tidied(ClusterSettings.model_json_schema(schema_generator=_SettingsSchema))
    schema["allOf"] = [_of_scheme(scheme) for scheme in Scheme]
    return {"$schema": DIALECT, "title": "A RocketMQ cluster", **share_properties(schema)}


def _tidied(schema: Schema) -> Schema:
    """Omit titles, which repeat the keys, and line breaks within descriptions."""
    found = map_objects(schema, _tidied)
    if isinstance(found.get("title"), str):
        del found["title"]
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].split())
    return found


def stack_schema() -> Schema:
    """Return the schema of a whole `Pulumi.<stack>.yaml`, including the engine's own keys."""
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
    """Return a schema as JSON text that ends with a line break."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _size(mebibytes: int) -> str:
    unit = "GiB" if mebibytes % MEBIBYTES_PER_UNIT["GiB"] == 0 else "MiB"
    return f"{mebibytes // MEBIBYTES_PER_UNIT[unit]}{unit}"


def _of_scheme(scheme: Scheme) -> Schema:
    """Return the constraints of a scheme on the keys that depend on it."""
    allowed: Schema = {"replicas": {"enum": list(TRAITS[scheme].replicas)}}
    if scheme is not Scheme.SYNC:
        allowed["replication"] = False
    counts = {"enum": list(CONTROLLER_COUNTS)}
    allowed["controllers"] = counts if scheme is Scheme.CONTROLLER else False
    default = ClusterSettings.model_fields["scheme"].default
    required = {} if scheme is default else {"required": ["scheme"]}
    chosen = {"properties": {"scheme": {"const": scheme.value}}, **required}
    return {"if": chosen, "then": {"properties": allowed}}
