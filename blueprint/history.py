"""What an earlier update made and a later one must not forget."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from blueprint.schemes import Scheme


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """Where one broker is: its host, and its number among the brokers of its kind there."""

    host: str
    slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """The cluster as the stack's state knows it; of a new stack there is nothing to know."""

    scheme: Scheme | None = None
    replicas: int | None = None
    """Copies of every message, the master's included."""
    seats: Mapping[str, Seat] = field(default_factory=dict)
    """By the broker's name; it stays there for as long as it is in the plan."""


NOTHING_YET = History()
