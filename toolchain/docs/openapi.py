"""The description of the console's API: openapi.yaml, and its documents from their types."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import override

from console.api import types

DOCUMENTS = tuple[types.Cluster, types.Login, types.Health, types.Error]


class _WithoutTitles(GenerateJsonSchema):
    @override
    def field_title_should_be_set(self, schema: object) -> bool:
        """Leave out titles, which repeat the keys."""
        return False


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the console."""
    config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
    schemas = TypeAdapter(DOCUMENTS, config=config).json_schema(
        ref_template="#/components/schemas/{model}", schema_generator=_WithoutTitles
    )["$defs"]
    for schema in schemas.values():
        schema.pop("title", None)
    # A login may come with more than the console reads.
    del schemas["Login"]["additionalProperties"]
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    found["components"]["schemas"] = schemas
    return found
