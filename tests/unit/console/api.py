"""The console's OpenAPI document, as a validator of what it answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from console import app

DOCUMENT: dict[str, Any] = json.loads(
    Path(app.__file__).with_name("page").joinpath("openapi.json").read_text("utf-8")
)
CLUSTER = {"$ref": "#/components/schemas/Cluster", "components": DOCUMENT["components"]}


def faults_in(document: object) -> list[str]:
    """Return where a cluster's document differs from its schema."""
    validator = Draft202012Validator(CLUSTER, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
