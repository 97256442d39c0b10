"""The console's OpenAPI document, and validation by its schemas."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from project import ROOT

DOCUMENT: dict[str, Any] = json.loads(
    (ROOT / "console" / "page" / "openapi.json").read_text("utf-8")
)
CLUSTER = {"$ref": "#/components/schemas/Cluster", "components": DOCUMENT["components"]}


def faults_in(document: object) -> list[str]:
    """Return the violations of the schema in a cluster's document."""
    validator = Draft202012Validator(CLUSTER, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
