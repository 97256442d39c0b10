"""Look up keys, examples and kinds at a place of the settings, in the models' annotations."""

import json
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from blueprint.settings.cluster import ClusterSettings

DISCRIMINATORS = ("provider", "source", "kind")
"""Keys whose value determines the other keys of their object."""

MAPPING_KEY = "[key]"
"""Pydantic's mark that an error is in a mapping's key, not in its value."""

Location = tuple[int | str, ...]


def keys_at(location: Location) -> tuple[str, ...]:
    """Return the keys of the object at the location."""
    models = _models_in(_annotation_at(location))
    return tuple(sorted({key for model in models for key in _fields_of(model)}))


def example_at(location: Location) -> str:
    """Return a possible value at the location, as one line of YAML."""
    field = _field_at(location)
    if field is not None and field.examples:
        return as_yaml(field.examples[0])
    annotation = _annotation_at(location)
    models = _models_in(annotation)
    if not models:
        default = None if field is None else field.get_default(call_default_factory=True)
        return as_yaml(getattr(default, "value", default))
    required = ", ".join(f"{key}: …" for key in _required_in_all(models))
    return f"[{{{required}}}]" if get_origin(_bare(annotation)) is tuple else f"{{{required}}}"


def kinds_at(location: Location, discriminator: str) -> tuple[str, ...]:
    """Return the possible values of a discriminator of the object at the location."""
    models = _models_in(_annotation_at(location))
    return tuple(get_args(model.model_fields[discriminator].annotation)[0] for model in models)


def as_yaml(value: object) -> str:
    """Return a value as one line of YAML."""
    if isinstance(value, str):
        return value if value[:1].isalpha() else json.dumps(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_yaml(item) for item in value) + "]"
    return json.dumps(value, default=str)


def _required_in_all(models: list[type[BaseModel]]) -> Iterator[str]:
    for key, field in _fields_of(models[0]).items():
        others = (_fields_of(model).get(key) for model in models)
        if field.is_required() and all(other and other.is_required() for other in others):
            yield key


def _field_at(location: Location) -> FieldInfo | None:
    for model in _models_in(_annotation_at(location[:-1])):
        if location and location[-1] in _fields_of(model):
            return _fields_of(model)[str(location[-1])]
    return None


def _annotation_at(location: Location) -> object:
    annotation: object = ClusterSettings
    for step in location:
        annotation = _step_into(annotation, step)
    return annotation


def _step_into(annotation: object, step: int | str) -> object:
    bare = _bare(annotation)
    origin, inside = get_origin(bare), get_args(bare)
    if step == MAPPING_KEY:
        return inside[0] if inside else bare
    if origin is tuple:
        return inside[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return inside[1]
    for model in _models_in(bare):
        for key, field in _fields_of(model).items():
            if step == key:
                return field.annotation
            if key in DISCRIMINATORS and step in get_args(field.annotation):
                return model
    return bare


def _bare(annotation: object) -> object:
    """Return the annotation without its metadata and without `| None`."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bare(inside[0])
    if origin in {Union, types.UnionType}:
        present = [part for part in inside if part is not types.NoneType]
        if len(present) == 1:
            return _bare(present[0])
    return annotation


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Literal:
        return []
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}
