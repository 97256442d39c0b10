"""JSON schemas of TypedDicts."""

from typing import Annotated, Literal, TypedDict

import pytest

from console.schema import Count
from console.schema import Schema as Keywords
from toolchain.docs.json_types import TypeSchemas

Level = Annotated[Literal["low", "high"], Keywords(description="How much.")]


class Named(TypedDict):
    """Has
    a name.
    """

    name: str
    """Its
    name."""


class Item(Named, total=False):
    """An item."""

    parts: "list[Item]"
    level: Level


@pytest.fixture
def schemas():
    return TypeSchemas(prefix="#/", aliases={"Level": Level}, open_types={"Named"})


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (float | None, {"type": ["number", "null"]}),
        (Count, {"type": "integer", "minimum": 0}),
        (Count | None, {"type": ["integer", "null"], "minimum": 0}),
        (Literal["ok"], {"const": "ok"}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", "b"] | None, {"type": ["string", "null"], "enum": ["a", "b", None]}),
        (
            Annotated[str, Keywords(enum=("a",))] | None,
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            Annotated[str | None, Keywords(enum=("a",))],
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
    ],
)
def test_a_type_without_a_name_is_described_in_place(schemas, kind, schema):
    assert schemas.of(kind) == schema
    assert schemas.named == {}


def test_a_typed_dict_is_a_reference_and_described_once_with_its_types(schemas):
    assert schemas.of(Item) == {"$ref": "#/Item"}
    assert schemas.named == {
        "Item": {
            "type": "object",
            "description": "An item.",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "description": "Its name."},
                "parts": {"type": "array", "items": {"$ref": "#/Item"}},
                "level": {"$ref": "#/Level"},
            },
        },
        "Level": {"type": "string", "enum": ["low", "high"], "description": "How much."},
    }


def test_an_open_type_allows_further_keys(schemas):
    schemas.of(Named)
    assert schemas.named["Named"] == {
        "type": "object",
        "description": "Has a name.",
        "required": ["name"],
        "properties": {"name": {"type": "string", "description": "Its name."}},
    }
