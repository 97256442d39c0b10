"""JSON Schema keywords on the types of the API, from which `make docs` writes openapi.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from collections.abc import Callable


class Schema:
    """Keywords that a Python type does not express, as metadata of `Annotated`."""

    def __init__(self, **keywords: object) -> None:
        self._keywords = keywords

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        """Add the keywords to the schema of the type; pydantic is not needed on hosts."""
        return {**handler(core), **self._keywords}


Count = Annotated[int, Schema(minimum=0)]
Line = Annotated[str, Schema(minLength=1)]
