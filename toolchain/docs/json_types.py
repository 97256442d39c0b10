"""The JSON schemas of TypedDicts; the docstrings of classes and keys become descriptions."""

import ast
import inspect
import sys
from itertools import pairwise
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Schema = dict[str, Any]

SCALARS: dict[object, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    NoneType: "null",
}


class TypeSchemas:
    """Named schemas, found by following types from one to the next."""

    def __init__(self, prefix: str, aliases: dict[str, object], open_types: set[str]) -> None:
        """Start with no schema.

        Args:
            prefix: of references, up to the name.
            aliases: types that are not classes and get a named schema, by name.
            open_types: names of TypedDicts that allow further keys.

        """
        self.named: dict[str, Schema] = {}
        self._prefix = prefix
        self._aliases = aliases
        self._open_types = open_types

    def of(self, kind: object) -> Schema:
        """Return the schema of a type, which is a reference for those with a name."""
        for name, alias in self._aliases.items():
            if kind == alias:
                self.named.setdefault(name, self._inline(kind))
                return {"$ref": f"{self._prefix}{name}"}
        if not isinstance(kind, type) or not is_typeddict(kind):
            return self._inline(kind)
        if kind.__name__ not in self.named:
            # Its place comes before the types of its keys.
            self.named[kind.__name__] = {}
            self.named[kind.__name__] = self._object(kind)
        return {"$ref": f"{self._prefix}{kind.__name__}"}

    def _inline(self, kind: object) -> Schema:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            found = self.of(arguments[0])
            for metadata in arguments[1:]:
                found |= metadata.keywords
            return _with_null_in_enum(found)
        if origin is Literal:
            many = {"type": "string", "enum": list(arguments)}
            return {"const": arguments[0]} if len(arguments) == 1 else many
        if origin in {Union, UnionType}:
            (inner,) = (self.of(one) for one in arguments if one is not NoneType)
            return _with_null_in_enum({**inner, "type": [inner["type"], "null"]})
        if origin is list:
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        return {"type": SCALARS[kind]}

    def _object(self, kind: type) -> Schema:
        described = _key_docstrings(kind)
        keys = get_type_hints(kind, include_extras=True)
        found: Schema = {"type": "object", "description": _joined(kind.__doc__)}
        if kind.__name__ not in self._open_types:
            found["additionalProperties"] = False
        found["required"] = [key for key in keys if key in vars(kind)["__required_keys__"]]
        found["properties"] = {
            key: self.of(hint) | ({"description": described[key]} if key in described else {})
            for key, hint in keys.items()
        }
        return found


def _with_null_in_enum(schema: Schema) -> Schema:
    if "enum" in schema:
        values = list(schema["enum"])
        if "null" in schema["type"] and None not in values:
            values.append(None)
        return {**schema, "enum": values}
    return schema


def _key_docstrings(kind: type) -> dict[str, str]:
    """Return the string under each key of a class, and of those that it extends."""
    tree = ast.parse(inspect.getsource(sys.modules[kind.__module__]))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names, found = [kind.__name__], dict[str, str]()
    while names and names[0] in classes:
        node = classes[names.pop(0)]
        names += [base.id for base in node.bases if isinstance(base, ast.Name)]
        for key, text in pairwise(node.body):
            match key, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                    value=ast.Constant(value=str(written))
                ):
                    found.setdefault(name, _joined(written))
    return found


def _joined(docstring: str | None) -> str:
    return " ".join((docstring or "").split())
