"""Topics and consumer groups of the cluster, merged from those of each broker group."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from typing_extensions import TypedDict

from console.observe.system_names import NORMAL, TopicKind, is_system_group, topic_kind
from console.schema import Count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.observe.state import Inventory

MAX_SHOWN = 1000
"""Topics, and as many consumer groups; 1000 of them are half a megabyte of JSON."""

Permission = Literal["RW", "R", "W", "-"]
PERMISSIONS: tuple[Permission, ...] = ("-", "W", "R", "RW")
"""By RocketMQ's bits for read (4) and write (2), shifted right by one."""


class Route(TypedDict):
    """A topic's queues in one broker group."""

    group: str
    """RocketMQ's brokerName."""
    readQueues: int
    """Queues that consumers read."""
    writeQueues: int
    """Queues that producers write."""
    permission: Permission
    """Read, write; a dash for neither."""


class Topic(TypedDict):
    """A topic."""

    name: str
    """Its name."""
    kind: TopicKind
    """`retry` and `deadLetter` belong to consumer groups, `system` to RocketMQ or this program."""
    readQueues: int
    """Queues that consumers read, in all broker groups."""
    writeQueues: int
    """Queues that producers write, in all broker groups."""
    route: list[Route]
    """One entry per broker group."""


class TopicLag(TypedDict):
    """A consumer group's lag in one topic."""

    topic: str
    """The topic's name."""
    lag: Count
    """Messages not yet consumed."""


class ConsumerGroup(TypedDict):
    """A consumer group."""

    name: str
    """Its name."""
    clients: Count | None
    """Its connected clients; null until a broker was asked."""
    lag: Count
    """Messages not yet consumed."""
    topics: list[TopicLag]
    """Topics whose end is known, the largest lag first."""


def permission_text(permission: int) -> Permission:
    """Return RW, R or W; a dash for neither."""
    return PERMISSIONS[permission >> 1 & 3]


def view_topics(
    inventories: Mapping[str, Inventory], own_names: frozenset[str]
) -> tuple[Topic, ...]:
    """Return all topics, those of users first, then by name."""
    routes: dict[str, list[Route]] = defaultdict(list)
    for group, inventory in sorted(inventories.items()):
        for name, config in inventory.topics.items():
            routes[name].append(
                {
                    "group": group,
                    "readQueues": config.read_queues,
                    "writeQueues": config.write_queues,
                    "permission": permission_text(config.permission),
                }
            )
    topics: list[Topic] = [
        {
            "name": name,
            "kind": topic_kind(name, own_names),
            "readQueues": sum(one["readQueues"] for one in route),
            "writeQueues": sum(one["writeQueues"] for one in route),
            "route": route,
        }
        for name, route in routes.items()
    ]
    return tuple(sorted(topics, key=lambda topic: (topic["kind"] != NORMAL, topic["name"])))


def view_consumer_groups(inventories: Sequence[Inventory]) -> tuple[ConsumerGroup, ...]:
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
    groups: list[ConsumerGroup] = [
        {
            "name": name,
            "clients": _clients(name, inventories),
            "lag": sum(lags[name].values()),
            "topics": [
                {"topic": topic, "lag": lag}
                for topic, lag in sorted(lags[name].items(), key=lambda one: (-one[1], one[0]))
            ],
        }
        for name in names
    ]
    return tuple(sorted(groups, key=lambda group: (-group["lag"], group["name"])))


def _clients(group: str, inventories: Sequence[Inventory]) -> int | None:
    """Return the number of online clients; each connects to every broker it needs."""
    counts = [i.clients[group] for i in inventories if group in i.clients]
    return max(counts, default=None)
