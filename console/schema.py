"""JSON Schema keywords on the types of the API, from which `make docs` writes openapi.json."""

from __future__ import annotations

from typing import Annotated


class Schema:
    """Keywords that a Python type does not express, as metadata of `Annotated`."""

    def __init__(self, **keywords: object) -> None:
        self.keywords = keywords


Count = Annotated[int, Schema(minimum=0)]
