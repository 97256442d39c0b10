"""Ask a broker for its topics and consumer groups, and how far these have read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remoting.codes import RequestCode, ResponseCode
from remoting.requests.admin import TopicConfig, ask_json, ask_json_unless, read_topic_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from remoting.protocol.connection import Connection

QueueOffsets = dict[int, int]
"""Offsets of a topic's queues, by queue id."""


@dataclass(frozen=True)
class Consumption:
    """How far a consumer group has read a topic, queue by queue."""

    group: str
    topic: str
    offsets: Mapping[int, int]


def all_topics(connection: Connection) -> dict[str, TopicConfig]:
    """Ask a broker for all its topics, system topics included, by name."""
    return ask_json(connection, RequestCode.GET_ALL_TOPIC_CONFIG, _topics)


def _topics(body: dict[str, Any]) -> dict[str, TopicConfig]:
    table = body["topicConfigTable"]
    return {str(name): read_topic_config(entry) for name, entry in table.items()}


def subscription_groups(connection: Connection) -> tuple[str, ...]:
    """Ask a broker for the names of all consumer groups it knows, in use or not."""
    return ask_json(
        connection,
        RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG,
        lambda body: tuple(sorted(str(name) for name in body["subscriptionGroupTable"])),
    )


def consumer_offsets(connection: Connection) -> tuple[Consumption, ...]:
    """Ask a broker how far each consumer group has read each of its topics."""
    return ask_json(connection, RequestCode.GET_ALL_CONSUMER_OFFSET, _consumptions)


def _consumptions(body: dict[str, Any]) -> tuple[Consumption, ...]:
    found = []
    for key, offsets in body["offsetTable"].items():
        topic, separator, group = str(key).partition("@")
        if separator:
            by_queue = {int(queue): int(offset) for queue, offset in offsets.items()}
            found.append(Consumption(group, topic, by_queue))
    return tuple(found)


def topic_ends(connection: Connection, topic: str) -> QueueOffsets:
    """Ask a broker where the queues of a topic end; empty if it no longer has the topic."""
    code, missing = RequestCode.GET_TOPIC_STATS_INFO, ResponseCode.TOPIC_NOT_EXIST
    return ask_json_unless(missing, connection, code, _queue_ends, {"topic": topic}) or {}


def _queue_ends(body: dict[str, Any]) -> QueueOffsets:
    # Each key is a JSON object that names the queue.
    table = body["offsetTable"].items()
    return {int(json.loads(key)["queueId"]): int(entry["maxOffset"]) for key, entry in table}


def online_consumers(connection: Connection, group: str) -> int:
    """Ask a broker how many clients of a consumer group are connected to it."""
    # It answers "system error" for a group without a client.
    code, none = RequestCode.GET_CONSUMER_LIST_BY_GROUP, ResponseCode.SYSTEM_ERROR
    ext = {"consumerGroup": group}
    return ask_json_unless(none, connection, code, _count_clients, ext) or 0


def _count_clients(body: dict[str, Any]) -> int:
    return len(body["consumerIdList"])
