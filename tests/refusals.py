"""What a refused object of settings is told."""

from typing import Any

import pytest

from blueprint.errors import SettingsError
from blueprint.parsing import parse_settings


def problems_of(raw: Any) -> tuple[str, ...]:
    """Return the lines of the report; fail when there is none."""
    with pytest.raises(SettingsError) as refused:
        parse_settings(raw)
    return refused.value.problems


def assert_one_line(raw: Any, *parts: str) -> None:
    """Check that exactly one line holds all the parts."""
    problems = problems_of(raw)
    found = [line for line in problems if all(part in line for part in parts)]
    assert len(found) == 1, problems
    assert "\n" not in found[0]
