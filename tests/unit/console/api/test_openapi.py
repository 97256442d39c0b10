"""The OpenAPI document agrees with the code that it describes."""

from __future__ import annotations

import string
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from console.api.types import MAX_PASSWORD_LENGTH
from console.compare.inventory import MAX_SHOWN
from console.compare.problems import TEXTS
from console.server.app import COOKIE, MAX_LOGIN_BYTES, make_app
from console.server.content import Content
from tests.unit.console.openapi import DOCUMENT

SCHEMAS = DOCUMENT["components"]["schemas"]


def objects_in(schema: Any) -> list[dict[str, Any]]:
    """Return the schemas of all objects in a schema, itself included."""
    found = []
    if isinstance(schema, dict):
        found += [schema] if "properties" in schema and "type" in schema else []
        found += [one for part in schema.values() for one in objects_in(part)]
    return found


def test_exactly_the_routes_of_the_console_are_described(monkeypatch):
    names = ("index.html", "login.html", "app.js", "style.css", "openapi.json")
    pages = {name: Content(b"", "text/html") for name in names}
    monkeypatch.setattr("console.server.app.read_page", lambda: pages)
    # Neither argument is used before the first request.
    routes = make_app(None, None).routes
    served = {
        (route.path, method.lower())
        for route in routes
        for method in route.methods - {"HEAD"}
        if route.path not in {"/app.js", "/style.css"}
    }
    described = {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}
    assert described == served


def test_every_kind_of_problem_is_described():
    assert sorted(SCHEMAS["Problem"]["properties"]["kind"]["enum"]) == sorted(TEXTS)


def test_every_value_of_a_problems_text_is_described():
    used = {name for text in TEXTS.values() for _, name, _, _ in string.Formatter().parse(text)}
    described = SCHEMAS["ProblemValues"]["properties"]
    assert used - {None, "subject"} <= described.keys()


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - {"Login"}))
def test_every_object_requires_its_keys_and_allows_no_other(name):
    for schema in objects_in(SCHEMAS[name]):
        assert schema["additionalProperties"] is False
        if schema is not SCHEMAS["ProblemValues"]:
            assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_and_every_key_has_a_description(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["description"]
    for schema in objects_in(SCHEMAS[name]):
        silent = [
            key
            for key, one in schema["properties"].items()
            if not {"description", "$ref"} & one.keys()
        ]
        assert silent == []


def test_the_described_limits_are_those_of_the_code():
    login = DOCUMENT["paths"]["/login"]["post"]
    assert str(MAX_LOGIN_BYTES) in login["requestBody"]["description"]
    assert SCHEMAS["Login"]["properties"]["password"]["maxLength"] == MAX_PASSWORD_LENGTH
    assert DOCUMENT["components"]["securitySchemes"]["session"]["name"] == COOKIE
    for key in ("topics", "consumerGroups"):
        shown = SCHEMAS["Cluster"]["properties"][key]
        assert shown["maxItems"] == MAX_SHOWN
        assert str(MAX_SHOWN) in shown["description"]
