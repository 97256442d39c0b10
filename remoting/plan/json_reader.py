"""Read the JSON objects of a plan key by key, and name the key of an unusable value."""

from __future__ import annotations

from typing import Any

from remoting.errors import AddressError, PlanError
from remoting.protocol.connection import split_address


class Section:
    """One JSON object of the plan, with its path for error messages."""

    def __init__(self, prefix: str, values: object) -> None:
        if not isinstance(values, dict):
            raise PlanError(prefix or "(root)", values, "an object")
        self.prefix = prefix
        self.values: dict[str, Any] = values

    def path(self, key: str) -> str:
        """Return the path of a key from the root."""
        return f"{self.prefix}.{key}" if self.prefix else key

    def text(self, key: str) -> str:
        """Return a non-empty text."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            raise PlanError(self.path(key), value, "a non-empty text")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return a non-empty text, or None for null."""
        return None if self.values.get(key) is None else self.text(key)

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of the `allowed` texts."""
        value = self.text(key)
        if value not in allowed:
            raise PlanError(self.path(key), value, ", ".join(allowed))
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of non-empty texts."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise PlanError(self.path(key), value, "a list of names")
        return tuple(value)

    def number(self, key: str) -> int:
        """Return a whole number, 0 or more."""
        value = self.values.get(key)
        if type(value) is not int or value < 0:
            raise PlanError(self.path(key), value, "a whole number, 0 or more")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.values.get(key)
        if not isinstance(value, bool):
            raise PlanError(self.path(key), value, "true or false")
        return value

    def null(self, key: str, allowed: str) -> None:
        """Require an explicit null."""
        if key not in self.values or self.values[key] is not None:
            raise PlanError(self.path(key), self.values.get(key, "(missing)"), allowed)

    def address(self, key: str) -> str:
        """Return a `host:port`."""
        value = self.text(key)
        try:
            split_address(value)
        except AddressError as error:
            raise PlanError(self.path(key), value, "host:port") from error
        return value

    def sections(self, key: str, *, may_be_empty: bool = False) -> list[Section]:
        """Return the objects of a list."""
        value = self.values.get(key)
        if not isinstance(value, list) or not (value or may_be_empty):
            allowed = "a list" if may_be_empty else "a non-empty list"
            raise PlanError(self.path(key), value, allowed)
        return [Section(f"{self.path(key)}[{index}]", item) for index, item in enumerate(value)]
