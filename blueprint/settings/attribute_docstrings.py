"""The text below each field of a model, for docs/config.md and the JSON schema.

pydantic would read it whenever a model is defined, hence in each command, from the sources.
"""

import ast
import inspect
from functools import cache
from itertools import pairwise
from types import ModuleType

from pydantic import BaseModel


def attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the texts by field name, those of base classes included."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        module = inspect.getmodule(base)
        if module is not None and issubclass(base, BaseModel) and base is not BaseModel:
            found |= _texts_in(module).get(base.__name__, {})
    return found


@cache
def _texts_in(module: ModuleType) -> dict[str, dict[str, str]]:
    """Return the texts by class and field."""
    return {
        statement.name: {
            field.target.id: inspect.cleandoc(text.value.value)
            for field, text in pairwise(statement.body)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        }
        for statement in ast.parse(inspect.getsource(module)).body
        if isinstance(statement, ast.ClassDef)
    }
