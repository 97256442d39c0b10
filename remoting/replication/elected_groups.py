"""Find the elected master of a group, and decide whether its replicas are in sync.

Offsets are compared over time: what the master held at one moment, a replica must hold at a later
one, indexed for its consumers. With DLedger the offsets are those of committed messages, and a
replica learns up to about a second later what is committed. With controllers a replica may hold a
tail that was never acknowledged, so the SyncStateSet must include it as well. A returning replica
may yet have to drop a tail of its own, so no replica here is "ahead" for good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from remoting.errors import NotYetError
from remoting.protocol.connection import Connection
from remoting.requests.admin import cluster_info, log_position
from remoting.requests.controllers import ask_leading_controller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from remoting.plan.plan import Plan
    from remoting.requests.admin import ListedBroker, LogPosition

MASTER_ID = 0


@dataclass(frozen=True)
class ElectedGroup:
    """A group whose master is elected among `replicas`, which are addresses."""

    cluster: str
    name: str
    replicas: tuple[str, ...]


@dataclass(frozen=True)
class GroupOffsets:
    """The elected master and the bytes that it and every replica hold, by address."""

    master: str
    offsets: Mapping[str, int]


def elected_master(name_servers: Sequence[str], group: ElectedGroup, timeout: float) -> str:
    """Return the master that every name server lists, along with all replicas.

    Raises:
        NotYetError: a replica is not listed or not planned, or there is no single master.

    """
    masters: dict[str, str] = {}
    for name_server in name_servers:
        with Connection(name_server, timeout) as connection:
            listed = cluster_info(connection).get(group.name)
        problems = group_problems(group, listed)
        if problems or listed is None:
            cause = f"name server {name_server}: {'; '.join(problems)}"
            raise NotYetError(cause)
        masters[name_server] = listed.addresses[MASTER_ID]
    if len(set(masters.values())) != 1:
        listed_by = ", ".join(f"{address} on {server}" for server, address in masters.items())
        cause = f"the name servers list different masters of {group.name}: {listed_by}"
        raise NotYetError(cause)
    return next(iter(masters.values()))


def group_problems(group: ElectedGroup, listed: ListedBroker | None) -> list[str]:
    """Name every replica that is missing or not planned, and a missing master."""
    if listed is None:
        return [f"{group.name} is missing"]
    problems: list[str] = []
    if listed.cluster != group.cluster:
        wrong = f"{group.name} belongs to cluster {listed.cluster} instead of {group.cluster}"
        problems.append(wrong)
    addresses = set(listed.addresses.values())
    missing = [address for address in group.replicas if address not in addresses]
    problems += [f"{address} of {group.name} is missing" for address in missing]
    strangers = sorted(addresses - set(group.replicas))
    problems += [f"{address} in {group.name} is not planned" for address in strangers]
    if MASTER_ID not in listed.addresses:
        problems.append(f"{group.name} has no elected master (no id {MASTER_ID})")
    return problems


def elected_listing_problems(plan: Plan, listed: Mapping[str, ListedBroker]) -> list[str]:
    """Name every difference between a name server's list and a plan with elections."""
    planned = list(dict.fromkeys(broker.group for broker in plan.brokers))
    groups = [planned_group(plan, name) for name in planned]
    problems = [one for group in groups for one in group_problems(group, listed.get(group.name))]
    unplanned = [entry for name, entry in sorted(listed.items()) if name not in planned]
    for entry in unplanned:
        listed_as = ", ".join(
            f"id {number} at {at}" for number, at in sorted(entry.addresses.items())
        )
        problems.append(f"{entry.name} is not planned ({listed_as})")
    return problems


def planned_group(plan: Plan, name: str) -> ElectedGroup:
    """Return a group of a plan."""
    addresses = tuple(broker.address for broker in plan.replicas_of(name))
    return ElectedGroup(plan.cluster, name, addresses)


@dataclass
class GroupComparison:
    """Compares a group's replicas with their elected master, repeatedly.

    `controllers` is empty for DLedger. The offset to reach is kept between comparisons: a replica
    that learns a second late what is committed would never catch up with a busy master.
    """

    name_servers: Sequence[str]
    group: ElectedGroup
    controllers: Sequence[str] = ()
    _master: str = field(default="", init=False)
    _wanted: int = field(default=0, init=False)

    def compare(self, timeout: float) -> GroupOffsets:
        """Return the offsets of a group whose replicas all hold what the master held before.

        Raises:
            NotYetError: there is no single master, or a replica is behind or not in sync.
            RemotingError: one of those that were asked does not answer.

        """
        master = elected_master(self.name_servers, self.group, timeout)
        if master != self._master:
            self._wanted, self._master = _position(master, timeout).held, master
        if self.controllers:
            self._require_sync_state_set(timeout)
        found = {address: _position(address, timeout) for address in self.group.replicas}
        # The master again, and last: no replica may hold what it does not hold even later.
        found[master] = _position(master, timeout)
        # A master that lost its last bytes may be elected again.
        self._wanted = min(self._wanted, found[master].held)
        for address, position in found.items():
            self._require_position(address, position, found[master].held)
        return GroupOffsets(master, {address: one.held for address, one in found.items()})

    def _require_position(self, address: str, position: LogPosition, master_holds: int) -> None:
        if position.held < self._wanted:
            behind = self._wanted - position.held
            cause = f"{address} is {behind} bytes behind its master {self._master}"
            raise NotYetError(cause)
        if position.held > master_holds:
            more = position.held - master_holds
            cause = f"{address} holds {more} bytes that its master {self._master} does not hold"
            raise NotYetError(cause)
        if position.readable < self._wanted:
            unread = self._wanted - position.readable
            cause = f"{address} holds {unread} bytes that it has not indexed yet"
            raise NotYetError(cause)

    def _require_sync_state_set(self, timeout: float) -> None:
        state = ask_leading_controller(self.controllers, self.group.name, timeout)
        if state.master != self._master:
            elected = state.master or "none"
            cause = f"the controllers elected {elected}, the name servers list {self._master}"
            raise NotYetError(cause)
        absent = [one for one in self.group.replicas if one not in state.in_sync]
        dead = [one for one in state.in_sync if one not in state.alive]
        strangers = [one for one in state.in_sync if one not in self.group.replicas]
        faults = [f"{one} is not in the SyncStateSet" for one in absent]
        faults += [f"{one} is in the SyncStateSet, but sends no heartbeat" for one in dead]
        faults += [f"{one} is in the SyncStateSet, but not planned" for one in strangers]
        if faults:
            raise NotYetError("; ".join(faults))


def _position(address: str, timeout: float) -> LogPosition:
    with Connection(address, timeout) as connection:
        return log_position(connection)
