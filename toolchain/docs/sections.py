"""The sections of docs/config.md, one per object of the settings, from the JSON schema."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from blueprint.settings.fields import NAME
from blueprint.settings.sizes import SIZE

Schema = dict[str, Any]

ROOT = "cluster"
LONGEST_EXAMPLE = 60
PROPERTIES = "BrokerProperties"


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One key of an object, a row of the section's table."""

    name: str
    value: str
    default: str
    meaning: str
    example: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One object: its place as the heading, its meaning, and its keys."""

    heading: str
    meaning: str
    keys: tuple[Key, ...]


class Reference:
    """The objects of a schema, in reading order."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def sections(self) -> tuple[Section, ...]:
        """Return one section per object, `cluster` first."""
        return tuple(self._walk(self._schema, ROOT, ""))

    def _walk(self, node: Schema, place: str, kind: str) -> Iterator[Section]:
        inside = "" if place == ROOT else f"{place}."
        children = {
            name: list(self._objects(part, f"{inside}{name}", kind))
            for name, part in node["properties"].items()
        }
        yield Section(
            heading=_heading(place, kind),
            meaning=node["description"],
            keys=tuple(
                Key(
                    name=name,
                    value=self._value(part, children[name]),
                    default=_default(part, required=name in node.get("required", ())),
                    meaning=part["description"],
                    example=_example(part),
                )
                for name, part in node["properties"].items()
            ),
        )
        for found in children.values():
            for child, at, its_kind in found:
                yield from self._walk(child, at, its_kind)

    def _objects(self, part: Schema, place: str, kind: str) -> Iterator[tuple[Schema, str, str]]:
        """Iterate over the objects that a key may hold, each as schema, place and kind."""
        if "$ref" in part:
            found = self._resolve(part)
            if "properties" in found and not part["$ref"].endswith(PROPERTIES):
                yield found, place, _own_kind(found) or kind
        for member in (*part.get("anyOf", ()), *part.get("oneOf", ())):
            yield from self._objects(member, place, kind)
        if "items" in part:
            yield from self._objects(part["items"], f"{place}[]", kind)
        for member in part.get("patternProperties", {}).values():
            yield from self._objects(member, f"{place}.<name>", kind)

    def _resolve(self, part: Schema) -> Schema:
        found: Schema = self._schema["$defs"][part["$ref"].rpartition("/")[2]]
        return found

    def _value(self, part: Schema, objects: list[tuple[Schema, str, str]]) -> str:
        """Return the possible values in words."""
        if part.get("$ref", "").endswith(PROPERTIES):
            return "broker properties"
        if "$ref" in part and "enum" in self._resolve(part):
            return self._value(self._resolve(part), [])
        links = [
            f"[{_own_kind(node).partition(': ')[2] or 'object'}](#{_anchor(at, kind)})"
            for node, at, kind in objects
        ]
        if not links:
            return _scalar(part)
        if "patternProperties" in part:
            return f"for each name an {links[0]}"
        if part.get("type") == "array":
            return f"a list of {links[0]}s"
        plain = [_scalar(member) for member in part.get("anyOf", ()) if _is_plain(member)]
        if any("items" in member for member in part.get("anyOf", ())):
            links = [f"a list of names or {links[0]}s"]
        elif len(links) > 1:
            links = ["an object: " + ", ".join(links)]
        else:
            links = [f"an {links[0]}"]
        return ", or ".join([*plain, *links])


def _is_plain(part: Schema) -> bool:
    return not part.keys() & {"$ref", "oneOf", "items"}


def _scalar(part: Schema) -> str:
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return " or ".join(f"`{value}`" for value in part["enum"])
    if part["type"] == "array":
        return f"a list of {_scalar(part['items'])}s"
    if part["type"] == "integer":
        return f"number{_limits(part)}"
    return "`true` or `false`" if part["type"] == "boolean" else _text(part)


def _limits(part: Schema) -> str:
    least, most = part.get("minimum"), part.get("maximum")
    if most is None:
        return "" if least is None else f", {least} or more"
    return f", {least} to {most}"


def _text(part: Schema) -> str:
    forms = {SIZE: "size, in MiB or GiB", NAME: "name"}
    named = forms.get(part.get("pattern", ""), "text")
    return "IPv4 address" if part.get("format") == "ipv4" else named


def _default(part: Schema, *, required: bool) -> str:
    if required:
        return "required"
    return f"`{_written(part['default'])}`" if "default" in part else ""


def _example(part: Schema) -> str:
    shown = [_written(value) for value in part.get("examples", ())]
    return ", ".join(f"`{text}`" for text in shown if text != str(part.get("default")))


def _written(value: object) -> str:
    """Return a value as YAML, cut if it is long."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10_000)
    line = text.splitlines()[0]
    return line if len(line) <= LONGEST_EXAMPLE else f"{line[:LONGEST_EXAMPLE]}…"


def _own_kind(node: Schema) -> str:
    """Return the discriminator of an object and its value, such as `source: url`, or nothing."""
    kinds = (f"{name}: {p['const']}" for name, p in node["properties"].items() if "const" in p)
    return next(kinds, "")


def _heading(place: str, kind: str) -> str:
    return f"`{place}` with `{kind}`" if kind else f"`{place}`"


def _anchor(place: str, kind: str) -> str:
    """Return the anchor that GitHub gives the heading."""
    return re.sub(r"[^\w -]", "", _heading(place, kind).lower()).replace(" ", "-")
