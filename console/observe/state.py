"""The last observation of every process: written by pollers, read by requests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from console.observe.rates import RateHistory
from remoting.errors import TimedOutError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from remoting.errors import RemotingError
    from remoting.requests.admin import HaStatus, ListedBroker, TopicConfig
    from remoting.requests.inventory import Consumption, QueueOffsets

ProcessState = Literal["up", "down", "silent", "starting"]
UP: Final = "up"
DOWN: Final = "down"
SILENT: Final = "silent"
UNOBSERVED: Final = "starting"

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Observation(Generic[Facts]):
    """One poll of one process; `at` is the time after the last answer, in epoch seconds."""

    at: float
    state: ProcessState
    cause: str | None = None
    facts: Facts | None = None
    started_at: float = 0.0
    """When the first request of a successful broker poll was sent, in epoch seconds."""


def failed_observation(at: float, error: RemotingError) -> Observation[Facts]:
    """Return the observation of a failed poll: silent after a timeout, else down."""
    if isinstance(error, TimedOutError):
        return Observation(at, SILENT, f"no answer within {error.seconds:.1f} s")
    cause = str(getattr(error, "cause", error))
    return Observation(at, DOWN, cause[:1].lower() + cause[1:])


@dataclass(frozen=True)
class BrokerFacts:
    """What a broker reports; offsets are bytes of its commit log."""

    version: str
    booted_at: float
    """In epoch seconds."""
    max_offset: int
    put_total: int
    """Messages since its start."""
    get_total: int
    disk_used: float
    """Used share of the file system with its commit log."""
    accepts_sends_from: float
    """In epoch seconds; far in the future while the broker is drained."""
    ha: HaStatus | None
    """None under DLedger, and while the broker changes its role."""
    role: str
    permission: int


@dataclass(frozen=True)
class Inventory:
    """Topics and consumer groups of one broker group.

    `ends` and `clients` cover the topics and consumer groups that were queried so far.
    """

    topics: Mapping[str, TopicConfig]
    groups: tuple[str, ...]
    consumptions: tuple[Consumption, ...]
    ends: Mapping[str, QueueOffsets]
    clients: Mapping[str, int]


BrokerObservation = Observation[BrokerFacts]


@dataclass
class ObservedState:
    """The last observation of each process by name, and the last inventory of each group.

    Each value is replaced as a whole by one thread, so readers need no lock.
    """

    name_servers: dict[str, Observation[Mapping[str, ListedBroker]]] = field(default_factory=dict)
    brokers: dict[str, BrokerObservation] = field(default_factory=dict)
    previous: dict[str, BrokerObservation] = field(default_factory=dict)
    """The observation of each broker before the last one."""
    controllers: dict[str, Observation[str]] = field(default_factory=dict)
    """With the address of the leading controller."""
    proxies: dict[str, Observation[bool]] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    rates: defaultdict[str, RateHistory] = field(default_factory=lambda: defaultdict(RateHistory))

    def as_of(self, at: float, max_age_seconds: float) -> ObservedState:
        """Return a copy in which processes whose last poll is too old are silent."""
        return replace(
            self,
            name_servers=_as_of(self.name_servers, at, max_age_seconds),
            brokers=_as_of(self.brokers, at, max_age_seconds),
            controllers=_as_of(self.controllers, at, max_age_seconds),
            proxies=_as_of(self.proxies, at, max_age_seconds),
        )

    @property
    def last_observed_at(self) -> float:
        """Return when a broker or name server was last polled; 0 before the first poll."""
        polled: list[Observation[Any]] = [*self.name_servers.values(), *self.brokers.values()]
        return max((observation.at for observation in polled), default=0.0)


def _as_of(
    observations: dict[str, Observation[Facts]], at: float, max_age_seconds: float
) -> dict[str, Observation[Facts]]:
    return {
        name: observation if at - observation.at <= max_age_seconds else _stale(observation, at)
        for name, observation in observations.copy().items()
    }


def _stale(observation: Observation[Facts], at: float) -> Observation[Facts]:
    return Observation(observation.at, SILENT, f"not polled for {at - observation.at:.0f} s")
