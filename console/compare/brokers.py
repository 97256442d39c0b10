"""Each broker: planned and observed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Union

from console.observe.state import UNOBSERVED, UP
from remoting.protocol.connection import split_address
from remoting.replication.elected_groups import MASTER_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from console.observe.state import (
        BrokerFacts,
        BrokerObservation,
        Observation,
        ObservedState,
        ProcessState,
    )
    from remoting.plan.plan import (
        Plan,
        PlannedBroker,
        PlannedController,
        PlannedNameServer,
        PlannedProxy,
    )
    from remoting.requests.admin import ListedBroker

    OtherProcess = Union[PlannedNameServer, PlannedController, PlannedProxy]
    """A process that is not a broker."""

    Listings = Mapping[str, Mapping[str, ListedBroker]]
    """What each answering name server lists, by the name server's name."""

MASTER, SLAVE = "MASTER", "SLAVE"
"""Roles of elected replicas; planned brokers have RocketMQ's brokerRole."""


@dataclass(frozen=True)
class BrokerView:
    """One broker; None means unknown."""

    name: str
    group: str
    address: str
    broker_id: int | None
    listed_by: tuple[str, ...]
    planned: PlannedBroker | None = None
    observation: BrokerObservation | None = None
    role: str | None = None
    replicas_planned: int | None = None
    """Of a master: how many replicas should copy it."""
    replicas_connected: int | None = None
    lag_bytes: int | None = None
    """Of a replica: bytes of its master's log not yet copied."""
    previous: BrokerObservation | None = None
    """The observation before the last one."""

    @property
    def state(self) -> ProcessState:
        """Return the state, `starting` before the first poll."""
        if self.observation is None:
            # Unplanned brokers are not polled; all that is known is that they are listed.
            return UNOBSERVED if self.planned else UP
        return self.observation.state

    @property
    def facts(self) -> BrokerFacts | None:
        """Return what it answered to the last poll; None if it did not answer."""
        return self.observation.facts if self.observation else None

    @property
    def is_master(self) -> bool:
        """Tell whether it acts as a master, whatever the plan says."""
        return self.role is not None and self.role != SLAVE

    def drained_at(self, at: float) -> bool:
        """Tell whether it refuses new messages although the plan says that it accepts them."""
        if self.facts is None or self.planned is None:
            return False
        is_held_back = self.is_master and self.facts.accepts_sends_from > at
        return is_held_back or self.facts.permission != self.planned.permission


def listings_in(observed: ObservedState) -> Listings:
    """Return what every answering name server lists."""
    observations = observed.name_servers.copy().items()
    return {name: one.facts for name, one in observations if one.facts is not None}


def other_processes(
    plan: Plan, observed: ObservedState
) -> Iterator[tuple[str, OtherProcess, Observation[Any] | None]]:
    """Iterate over all processes that are not brokers: kind, process, last observation."""
    tables: tuple[tuple[str, Sequence[OtherProcess], Mapping[str, Observation[Any]]], ...] = (
        ("nameServer", plan.name_servers, observed.name_servers),
        ("controller", plan.controllers, observed.controllers),
        ("proxy", plan.proxies, observed.proxies),
    )
    for kind, processes, observations in tables:
        for process in processes:
            yield kind, process, observations.get(process.name)


def view_brokers(plan: Plan, observed: ObservedState) -> tuple[BrokerView, ...]:
    """Return every planned broker, then those that are listed but not planned."""
    listings = listings_in(observed)
    views = [_view_broker(broker, plan, observed, listings) for broker in plan.brokers]
    planned = [_with_replication(view, views, plan) for view in views]
    return (*planned, *_unplanned_brokers(plan, listings))


def _view_broker(
    broker: PlannedBroker, plan: Plan, observed: ObservedState, listings: Listings
) -> BrokerView:
    observation = observed.brokers.get(broker.name)
    listed = {name: _ids_at(broker.address, table) for name, table in listings.items()}
    ids = {number for numbers in listed.values() for number in numbers}
    facts = observation.facts if observation else None
    role = facts.role if facts else None
    broker_id: int | None = broker.broker_id
    if plan.has_elections:
        broker_id = min(ids) if ids else None
        role = _elected_role(facts, broker_id)
    return BrokerView(
        name=broker.name,
        group=broker.group,
        address=broker.address,
        planned=broker,
        observation=observation,
        role=role,
        broker_id=broker_id,
        listed_by=tuple(name for name, numbers in listed.items() if numbers),
        previous=observed.previous.get(broker.name),
    )


def _elected_role(facts: BrokerFacts | None, broker_id: int | None) -> str | None:
    if facts is None:
        return None
    if facts.ha is not None:
        return MASTER if facts.ha.is_master else SLAVE
    return None if broker_id is None else MASTER if broker_id == MASTER_ID else SLAVE


def _ids_at(address: str, table: Mapping[str, ListedBroker]) -> list[int]:
    return [
        number
        for listed in table.values()
        for number, listed_address in listed.addresses.items()
        if listed_address == address
    ]


def _with_replication(view: BrokerView, brokers: list[BrokerView], plan: Plan) -> BrokerView:
    """Add what depends on the other brokers of the same group."""
    others = [other for other in brokers if other.group == view.group and other is not view]
    is_planned_master = view.planned is not None and view.planned.is_master
    if view.is_master if view.role else is_planned_master:
        planned = len(plan.replicas_of(view.group)) - 1
        return replace(view, replicas_planned=planned, replicas_connected=_connected(view, others))
    master = next((other for other in others if other.is_master and other.facts), None)
    return replace(view, lag_bytes=_lag(view, master, others)) if master else view


def _connected(master: BrokerView, others: list[BrokerView]) -> int | None:
    if master.facts is None:
        return None
    ha = master.facts.ha
    if ha is None:
        return sum(other.state == UP and bool(other.listed_by) for other in others)
    planned = Counter(split_address(other.address)[0] for other in others)
    connected = Counter(connection.ip for connection in ha.connections)
    return sum((planned & connected).values())


def _lag(view: BrokerView, master: BrokerView, others: list[BrokerView]) -> int | None:
    if master.facts is None:
        return None
    ip = split_address(view.address)[0]
    alone_there = all(split_address(o.address)[0] != ip for o in others if o is not master)
    ha = master.facts.ha
    acked = [one.acked_offset for one in ha.connections if one.ip == ip] if ha else []
    if ha and alone_there and acked:
        # Both offsets are from one answer, so nothing was written in between.
        return max(0, ha.max_offset - max(acked))
    if view.facts is None:
        return None
    return max(0, master.facts.max_offset - view.facts.max_offset)


def _unplanned_brokers(plan: Plan, listings: Listings) -> Iterator[BrokerView]:
    planned = {broker.address for broker in plan.brokers}
    found: dict[str, tuple[str, int]] = {}
    for table in listings.values():
        for listed in table.values():
            for number, address in listed.addresses.items():
                if address not in planned:
                    found.setdefault(address, (listed.name, number))
    for address, (group, number) in sorted(found.items()):
        yield BrokerView(
            name=f"{group} id {number}",
            group=group,
            address=address,
            broker_id=number,
            listed_by=tuple(n for n, table in listings.items() if _ids_at(address, table)),
        )
