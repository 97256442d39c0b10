"""Topics and consumer groups of the cluster, merged from those of each broker group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from console.observe.system_names import NORMAL, TopicKind, is_system_group, topic_kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.observe.state import Inventory
    from remoting.requests.admin import TopicConfig

MAX_SHOWN = 1000
"""Topics, and as many consumer groups; 1000 of them are half a megabyte of JSON."""

Permission = Literal["RW", "R", "W", "-"]
PERMISSIONS: tuple[Permission, ...] = ("-", "W", "R", "RW")
"""By RocketMQ's bits for read (4) and write (2), shifted right by one."""


@dataclass(frozen=True)
class TopicView:
    """One topic; `route` has its configuration in each broker group."""

    name: str
    kind: TopicKind
    route: Mapping[str, TopicConfig]

    @property
    def read_queues(self) -> int:
        """Return the number of queues that consumers read."""
        return sum(config.read_queues for config in self.route.values())

    @property
    def write_queues(self) -> int:
        """Return the number of queues that producers write."""
        return sum(config.write_queues for config in self.route.values())


@dataclass(frozen=True)
class ConsumerGroupView:
    """One consumer group; `lags` counts messages not yet consumed, by topic, where known."""

    name: str
    clients: int | None
    lags: Mapping[str, int]

    @property
    def lag(self) -> int:
        """Return the messages not yet consumed, over all topics."""
        return sum(self.lags.values())


def permission_text(permission: int) -> Permission:
    """Return RW, R or W; a dash for neither."""
    return PERMISSIONS[permission >> 1 & 3]


def view_topics(
    inventories: Mapping[str, Inventory], own_names: frozenset[str]
) -> tuple[TopicView, ...]:
    """Return all topics, those of users first, then by name."""
    routes: dict[str, dict[str, TopicConfig]] = defaultdict(dict)
    for group, inventory in sorted(inventories.items()):
        for name, config in inventory.topics.items():
            routes[name][group] = config
    views = [TopicView(name, topic_kind(name, own_names), route) for name, route in routes.items()]
    return tuple(sorted(views, key=lambda view: (view.kind != NORMAL, view.name)))


def view_consumer_groups(inventories: Sequence[Inventory]) -> tuple[ConsumerGroupView, ...]:
    """Return the consumer groups of users, the largest lag first."""
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
    """Return the number of online clients; each connects to every broker it needs."""
    counts = [i.clients[group] for i in inventories if group in i.clients]
    return max(counts, default=None)
