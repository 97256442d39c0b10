"""Rows of text as an aligned table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def render_table(rows: Sequence[Sequence[str]], *, indent: int = 0) -> str:
    """Return the rows, the first being the heading, in columns two blanks apart.

    Columns of whole numbers are aligned to the right. Every row has as many cells.
    """
    columns = list(zip(*rows))
    widths = [max(map(len, column)) for column in columns]
    numeric = [all(not cell or cell.isdigit() for cell in column[1:]) for column in columns]
    lines = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric)
        )
        for row in rows
    )
    return "\n".join(" " * indent + line.rstrip() for line in lines)
