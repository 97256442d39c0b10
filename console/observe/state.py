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

UP, DOWN, SILENT, UNOBSERVED = "up", "down", "silent", "starting"

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Observation(Generic[Facts]):
    """One look at one process: at which second since the epoch, and what it answered."""

    at: float
    state: str
    cause: str | None = None
    facts: Facts | None = None
    started_at: float = 0.0
    """When the first request was sent, where that matters; `at` is after the last answer."""


def failed_observation(at: float, error: RemotingError) -> Observation[Facts]:
    """Return the look that ended in an error: nobody there, or somebody who is silent."""
    if isinstance(error, TimedOutError):
        return Observation(at, SILENT, f"no answer within {error.seconds:.1f} s")
    cause = str(getattr(error, "cause", error))
    return Observation(at, DOWN, cause[:1].lower() + cause[1:])


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


NameServerObservation = Observation[Mapping[str, ListedBroker]]
BrokerObservation = Observation[BrokerFacts]
ControllerObservation = Observation[str]
"""Whose fact is the address of the leading controller."""
ProxyObservation = Observation[bool]


@dataclass
class ObservedState:
    """The last look at each process by its name, and the last inventory of each group.

    Each value is replaced as a whole by one thread, so readers need no lock.
    """

    name_servers: dict[str, NameServerObservation] = field(default_factory=dict)
    brokers: dict[str, BrokerObservation] = field(default_factory=dict)
    previous: dict[str, BrokerObservation] = field(default_factory=dict)
    """The look at each broker before the last one."""
    controllers: dict[str, ControllerObservation] = field(default_factory=dict)
    proxies: dict[str, ProxyObservation] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    rates: defaultdict[str, RateHistory] = field(default_factory=lambda: defaultdict(RateHistory))

    def as_of(self, at: float, max_age_seconds: float) -> ObservedState:
        """Return a copy in which what was not looked at for long is silent, not as it was then."""
        return replace(
            self,
            name_servers=_as_of(self.name_servers, at, max_age_seconds),
            brokers=_as_of(self.brokers, at, max_age_seconds),
            controllers=_as_of(self.controllers, at, max_age_seconds),
            proxies=_as_of(self.proxies, at, max_age_seconds),
        )

    @property
    def last_observed_at(self) -> float:
        """Return when a broker or name server was last looked at; 0 before the first look."""
        observations: list[Observation[Any]] = [
            *self.name_servers.values(),
            *self.brokers.values(),
        ]
        return max((observation.at for observation in observations), default=0.0)


def _as_of(
    observations: dict[str, Observation[Facts]], at: float, max_age_seconds: float
) -> dict[str, Observation[Facts]]:
    return {
        name: observation if at - observation.at <= max_age_seconds else _stale(observation, at)
        for name, observation in observations.copy().items()
    }


def _stale(observation: Observation[Facts], at: float) -> Observation[Facts]:
    return Observation(observation.at, SILENT, f"not looked at for {at - observation.at:.0f} s")
