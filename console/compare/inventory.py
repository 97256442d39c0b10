"""Topics and consumer groups of the whole cluster, out of what each broker group holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.observe.system_names import NORMAL, is_system_group, topic_kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.observe.state import Inventory
    from remoting.requests.admin import TopicConfig

MAX_SHOWN = 1000
"""Topics, and consumer groups; so many are half a megabyte of text."""

PERMISSIONS = ((4, "R"), (2, "W"))


@dataclass(frozen=True)
class TopicView:
    """One topic and its route, by broker group."""

    name: str
    kind: str
    route: Mapping[str, TopicConfig]

    @property
    def read_queues(self) -> int:
        """Return how many queues consumers read."""
        return sum(config.read_queues for config in self.route.values())

    @property
    def write_queues(self) -> int:
        """Return how many queues producers write."""
        return sum(config.write_queues for config in self.route.values())


@dataclass(frozen=True)
class ConsumerGroupView:
    """One consumer group; messages that it has still to read, by topic, where that is known."""

    name: str
    clients: int | None
    lags: Mapping[str, int]

    @property
    def lag(self) -> int:
        """Return the messages of all its topics that it has still to read."""
        return sum(self.lags.values())


def permission_text(permission: int) -> str:
    """Return RW, R or W; a dash for neither."""
    return "".join(letter for bit, letter in PERMISSIONS if permission & bit) or "-"


def view_topics(
    inventories: Mapping[str, Inventory], own_names: frozenset[str]
) -> tuple[TopicView, ...]:
    """Return all topics, those of users first."""
    routes: dict[str, dict[str, TopicConfig]] = defaultdict(dict)
    for group, inventory in sorted(inventories.items()):
        for name, config in inventory.topics.items():
            routes[name][group] = config
    views = [TopicView(name, topic_kind(name, own_names), route) for name, route in routes.items()]
    return tuple(sorted(views, key=lambda view: (view.kind != NORMAL, view.name)))


def view_consumer_groups(inventories: Sequence[Inventory]) -> tuple[ConsumerGroupView, ...]:
    """Return all consumer groups of users, those with the most to read first."""
    names = {name for inventory in inventories for name in inventory.groups}
    lags: dict[str, dict[str, int]] = {name: {} for name in names}
    for inventory in inventories:
        for one in inventory.consumptions:
            ends = inventory.ends.get(one.topic)
            if ends is None or is_system_group(one.group) or one.group not in lags:
                continue
            behind = sum(
                max(0, ends[queue] - offset)
                for queue, offset in one.offsets.items()
                if queue in ends
            )
            of_group = lags[one.group]
            of_group[one.topic] = of_group.get(one.topic, 0) + behind
    views = [ConsumerGroupView(name, _clients(name, inventories), lags[name]) for name in names]
    return tuple(sorted(views, key=lambda view: (-view.lag, view.name)))


def _clients(group: str, inventories: Sequence[Inventory]) -> int | None:
    """Return the clients that are online: each is connected to every broker it needs."""
    counts = [i.clients[group] for i in inventories if group in i.clients]
    return max(counts, default=None)
