"""The report of refused settings."""

from typing import Any

import pytest

from blueprint.errors import SettingsError
from tests.support.stacks import changed, ring, settings_of

LONGEST_LINE = 400


def problems_of(raw: Any) -> tuple[str, ...]:
    """Return the problems reported; fail if the settings are accepted."""
    with pytest.raises(SettingsError) as refused:
        settings_of(raw)
    return refused.value.problems


def assert_one_line(raw: Any, *parts: str) -> None:
    """Check that exactly one line contains all the parts; a table may follow it."""
    problems = problems_of(raw)
    found = [text for text in problems if all(part in text.split("\n")[0] for part in parts)]
    assert len(found) == 1, problems
    line, *table = found[0].split("\n")
    assert len(line) < LONGEST_LINE
    assert [row for row in table if not row.startswith("      ")] == []


def assert_only_line(raw: Any, *parts: str) -> None:
    """Check that the report is one line, which contains all the parts."""
    assert_one_line(raw, *parts)
    assert len(problems_of(raw)) == 1


def elected(scheme: str, hosts: int = 3, **further: Any) -> dict[str, Any]:
    """Return the `cluster` object of two groups with a scheme."""
    return ring(2, hosts, scheme=scheme, **further)


def group(**keys: Any) -> dict[str, Any]:
    """Return the object of stack local with one group with these keys."""
    return changed(brokerGroups=[{"name": "orders", **keys}])


def broker(**keys: Any) -> dict[str, Any]:
    """Return the object of stack local with these keys for broker-a."""
    return changed(brokers={"broker-a": keys})
