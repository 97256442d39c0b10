"""Compare a running broker's configuration with the properties that were rendered for it.

RocketMQ silently ignores what it does not understand, so only what it reports counts.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from remoting.errors import NotYetError
from remoting.plan.plan import REPLICA
from remoting.protocol.bodies import parse_properties
from remoting.protocol.connection import Connection
from remoting.replication.guard import ACCEPT_SENDS_FROM
from remoting.requests.admin import broker_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from remoting.plan.plan import PlannedBroker

DRAINED_KEYS = frozenset({"brokerPermission", ACCEPT_SENDS_FROM})
"""What a drain changes while the broker runs; the permission check covers it."""

ELECTED_KEYS = frozenset({"brokerId", "brokerRole"})
"""What an election changes."""


def compare_configuration(broker: PlannedBroker, timeout_seconds: float) -> int:
    """Return how many rendered keys a broker of this host has, if it has them all.

    Raises:
        NotYetError: the file cannot be read, or a key has another value or is unknown.

    """
    planned = _planned(broker)
    with Connection(broker.address, timeout_seconds) as connection:
        live = broker_config(connection)
    problems = find_differences(planned, live)
    if problems:
        raise NotYetError("; ".join(problems))
    return len(planned)


def find_differences(planned: Mapping[str, str], live: Mapping[str, str]) -> list[str]:
    """Name every key that differs from the plan, with both values."""
    problems = []
    for key, value in planned.items():
        found = live.get(key)
        if found is None:
            problems.append(f"{key}={value} is a key that the broker does not report")
        elif not _is_same(value, found):
            problems.append(f"{key} is {found} instead of {value}")
    return problems


def _planned(broker: PlannedBroker) -> dict[str, str]:
    try:
        text = Path(broker.config_file).read_bytes()
    except OSError as error:
        cause = f"{broker.config_file} cannot be read ({error.strerror}); run the update again"
        raise NotYetError(cause) from error
    ignored = DRAINED_KEYS | (ELECTED_KEYS if broker.role == REPLICA else frozenset())
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(b"#")]
    properties = parse_properties(b"".join(lines))
    return {key: value for key, value in properties.items() if key not in ignored}


def _is_same(planned: str, found: str) -> bool:
    if planned == found:
        return True
    if {planned.lower(), found.lower()} <= {"true", "false"}:
        return planned.lower() == found.lower()
    try:
        # Java prints 0.8 and 1.0E9 in its own way; a float would round long numbers.
        return Decimal(planned) == Decimal(found)
    except InvalidOperation:
        return False
