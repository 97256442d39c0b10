"""Topics and consumer groups of one broker group, from any of its brokers that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from console.observe.state import UP, Inventory, ObservedState
from console.observe.system_names import is_system_group
from remoting.errors import RemotingError
from remoting.requests.inventory import (
    all_topics,
    consumer_offsets,
    online_consumers,
    subscription_groups,
    topic_ends,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from console.observe.connection import Connect
    from remoting.plan.plan import Plan
    from remoting.protocol.connection import Connection

MAX_ASKED = 100
"""Topics, and as many consumer groups, queried one by one per round; the rest follow later."""

T = TypeVar("T")


class InventoryPoller:
    """Polls the inventory of a broker group from its master, or a slave while there is none."""

    def __init__(self, group: str, plan: Plan, observed: ObservedState, connect: Connect) -> None:
        self._group = group
        self._replicas = plan.replicas_of(group)
        self._observed = observed
        self._connections = {one.name: connect(one.address) for one in self._replicas}
        self._ends: dict[str, dict[int, int]] = {}
        self._clients: dict[str, int] = {}

    def poll(self, _: int) -> None:
        """Poll once; if no broker answers, the last inventory stays."""
        for name in self._by_preference():
            try:
                self._observed.inventories[self._group] = self._connections[name].call(self._ask)
            except RemotingError:
                # The broker's own poller reports it; try the next replica.
                continue
            return

    def _by_preference(self) -> list[str]:
        """Return the replicas that answered last time, acting masters first."""
        # Replicas not polled yet are tried too: the first round does not wait for their pollers.
        names = [one.name for one in self._replicas if self._may_answer(one.name)]
        return sorted(names, key=lambda name: not self._leads(name))

    def _may_answer(self, name: str) -> bool:
        observation = self._observed.brokers.get(name)
        return observation is None or observation.state == UP

    def _leads(self, name: str) -> bool:
        observation = self._observed.brokers.get(name)
        facts = observation.facts if observation else None
        if facts is None:
            return False
        return facts.ha.is_master if facts.ha else facts.role != "SLAVE"

    def _ask(self, connection: Connection) -> Inventory:
        topics = all_topics(connection)
        consumptions = consumer_offsets(connection)
        read = {one.topic for one in consumptions if not is_system_group(one.group)}
        known = {*subscription_groups(connection), *(one.group for one in consumptions)}
        groups = tuple(sorted(name for name in known if not is_system_group(name)))
        _refresh(self._ends, read & topics.keys(), lambda topic: topic_ends(connection, topic))
        _refresh(self._clients, groups, lambda group: online_consumers(connection, group))
        return Inventory(topics, groups, consumptions, dict(self._ends), dict(self._clients))


def _refresh(table: dict[str, T], wanted: Collection[str], ask: Callable[[str], T]) -> None:
    """Refresh up to `MAX_ASKED` of `wanted`, those not refreshed for longest first."""
    for gone in table.keys() - set(wanted):
        del table[gone]
    unseen = [name for name in wanted if name not in table]
    for name in [*unseen, *table][:MAX_ASKED]:
        answer = ask(name)
        # The order of the table is the order of refreshing.
        table.pop(name, None)
        table[name] = answer
