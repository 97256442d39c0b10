"""What a refused object of settings is told."""

from typing import Any

import pytest

from blueprint.errors import SettingsError
from blueprint.parsing import parse_settings

LONGEST_LINE = 400


def problems_of(raw: Any) -> tuple[str, ...]:
    """Return the lines of the report; fail when there is none."""
    with pytest.raises(SettingsError) as refused:
        parse_settings(raw)
    return refused.value.problems


def assert_one_line(raw: Any, *parts: str) -> None:
    """Check that exactly one line holds all the parts; a table may follow it."""
    problems = problems_of(raw)
    found = [text for text in problems if all(part in text.split("\n")[0] for part in parts)]
    assert len(found) == 1, problems
    line, *table = found[0].split("\n")
    assert len(line) < LONGEST_LINE
    assert [row for row in table if not row.startswith("      ")] == []
