"""What was last seen of every process: written by the watchers, read by the board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from console.observe.rates import RateHistory
from remoting.errors import TimedOutError
from remoting.requests.admin import ListedBroker

if TYPE_CHECKING:
    from remoting.errors import RemotingError
    from remoting.requests.admin import HaStatus, TopicConfig
    from remoting.requests.inventory import Consumption, Offsets

UP, DOWN, SILENT, UNSEEN = "up", "down", "silent", "starting"

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Look(Generic[Facts]):
    """One look at one process: at which second since the epoch, and what it answered."""

    at: float
    state: str
    cause: str | None = None
    facts: Facts | None = None
    began: float = 0.0
    """When the first request was sent, where that matters; `at` is after the last answer."""


def failed_look(at: float, error: RemotingError) -> Look[Facts]:
    """Return the look that ended in an error: nobody there, or somebody who is silent."""
    if isinstance(error, TimedOutError):
        return Look(at, SILENT, f"no answer within {error.seconds:.1f} s")
    cause = str(getattr(error, "cause", error))
    return Look(at, DOWN, cause[:1].lower() + cause[1:])


@dataclass(frozen=True)
class BrokerFacts:
    """What a broker says of itself; offsets in bytes of its commit log."""

    version: str
    booted_at: float
    """In seconds since the epoch."""
    max_offset: int
    put_total: int
    """Messages, since its start."""
    get_total: int
    disk_used: float
    """Of the file system with its commit log, as a share."""
    accepts_sends_from: float
    """Seconds since the epoch; far ahead while it is drained."""
    ha: HaStatus | None
    """None where an election replicates by other means."""
    role: str
    permission: int


@dataclass(frozen=True)
class Inventory:
    """What one broker group holds for clients; `ends` and `clients` of those asked so far."""

    topics: Mapping[str, TopicConfig]
    groups: tuple[str, ...]
    consumptions: tuple[Consumption, ...]
    ends: Mapping[str, Offsets]
    clients: Mapping[str, int]


NameServerLook = Look[Mapping[str, ListedBroker]]
BrokerLook = Look[BrokerFacts]
ControllerLook = Look[str]
"""Whose fact is the address of the leading controller."""
ProxyLook = Look[bool]


@dataclass
class Sight:
    """The last look at each process by its name, and the last inventory of each group.

    Each value is replaced as a whole by one thread, so readers need no lock.
    """

    name_servers: dict[str, NameServerLook] = field(default_factory=dict)
    brokers: dict[str, BrokerLook] = field(default_factory=dict)
    before: dict[str, BrokerLook] = field(default_factory=dict)
    """The look at each broker before the last one."""
    controllers: dict[str, ControllerLook] = field(default_factory=dict)
    proxies: dict[str, ProxyLook] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    rates: defaultdict[str, RateHistory] = field(default_factory=lambda: defaultdict(RateHistory))

    def present(self, at: float, patience_seconds: float) -> Sight:
        """Return a copy in which what was not looked at for long is silent, not as it was then."""
        return replace(
            self,
            name_servers=_present(self.name_servers, at, patience_seconds),
            brokers=_present(self.brokers, at, patience_seconds),
            controllers=_present(self.controllers, at, patience_seconds),
            proxies=_present(self.proxies, at, patience_seconds),
        )

    @property
    def last_at(self) -> float:
        """Return when a broker or name server was last looked at; 0 before the first look."""
        looks: list[Look[Any]] = [*self.name_servers.values(), *self.brokers.values()]
        return max((look.at for look in looks), default=0.0)


def _present(
    looks: dict[str, Look[Facts]], at: float, patience_seconds: float
) -> dict[str, Look[Facts]]:
    return {
        name: look if at - look.at <= patience_seconds else _overdue(look, at)
        for name, look in looks.copy().items()
    }


def _overdue(look: Look[Facts], at: float) -> Look[Facts]:
    return Look(look.at, SILENT, f"not looked at for {at - look.at:.0f} s")
