"""Rows of text as an aligned table."""

from collections.abc import Sequence


def render_table(rows: Sequence[Sequence[str]], *, indent: int = 0) -> str:
    """Return the rows, columns two blanks apart; columns of numbers lean to the right.

    The first row is the heading; every row has as many cells.
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    numeric = [all(not cell or cell.isdigit() for cell in column[1:]) for column in columns]
    lines = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        for row in rows
    )
    return "\n".join(" " * indent + line.rstrip() for line in lines)
