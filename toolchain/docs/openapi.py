"""The description of the console's API: openapi.yaml, and its documents from their types."""

import json
from pathlib import Path

import yaml

from console.api import types
from toolchain.docs.json_types import Schema, TypeSchemas

LINE_LENGTH = 160
DOCUMENTS = (types.Cluster, types.Login, types.Health, types.Error)


def openapi_document() -> Schema:
    """Return the OpenAPI document of the console."""
    schemas = TypeSchemas(
        prefix="#/components/schemas/",
        aliases={"ProcessState": types.ProcessState},
        # A login may come with more than the console reads.
        open_types={types.Login.__name__},
    )
    for document in DOCUMENTS:
        schemas.of(document)
    found: Schema = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    found["components"]["schemas"] = schemas.named
    return found


def render_openapi() -> str:
    """Return the document's text; each value is on one line where it fits."""
    return _compact(openapi_document()) + "\n"


def _compact(value: object, indent: str = "", used: int = 0) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(indent) + used + len(line) < LINE_LENGTH:
        return line
    deeper = f"{indent}  "
    if isinstance(value, list):
        parts, ends = [_compact(item, deeper) for item in value], "[]"
    else:
        keys = {key: f"{json.dumps(key)}: " for key in value}
        parts = [keys[key] + _compact(item, deeper, len(keys[key])) for key, item in value.items()]
        ends = "{}"
    inside = ",\n".join(f"{deeper}{part}" for part in parts)
    return f"{ends[0]}\n{inside}\n{indent}{ends[1]}"
