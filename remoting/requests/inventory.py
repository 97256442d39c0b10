"""Ask a broker for its topics and consumer groups, and how far these have read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remoting.codes import RequestCode, ResponseCode
from remoting.requests.admin import TopicConfig, read_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from remoting.protocol.connection import Connection

Offsets = dict[int, int]
"""Offsets of a topic's queues, by queue id."""


@dataclass(frozen=True)
class Consumption:
    """How far a consumer group has read a topic, queue by queue."""

    group: str
    topic: str
    offsets: Mapping[int, int]


def all_topics(connection: Connection) -> dict[str, TopicConfig]:
    """Ask a broker for all its topics, system topics included, by name."""
    answer = connection.ask(RequestCode.GET_ALL_TOPIC_CONFIG)

    def read(body: dict[str, Any]) -> dict[str, TopicConfig]:
        return {str(name): _topic(entry) for name, entry in body["topicConfigTable"].items()}

    return read_body(connection, answer, read)


def _topic(entry: dict[str, Any]) -> TopicConfig:
    read_queues, write_queues = int(entry["readQueueNums"]), int(entry["writeQueueNums"])
    return TopicConfig(read_queues, write_queues, int(entry["perm"]))


def subscription_groups(connection: Connection) -> tuple[str, ...]:
    """Ask a broker for the names of all consumer groups it knows, in use or not."""
    answer = connection.ask(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG)

    def read(body: dict[str, Any]) -> tuple[str, ...]:
        return tuple(sorted(str(name) for name in body["subscriptionGroupTable"]))

    return read_body(connection, answer, read)


def consumer_offsets(connection: Connection) -> tuple[Consumption, ...]:
    """Ask a broker how far each consumer group has read each of its topics."""
    answer = connection.ask(RequestCode.GET_ALL_CONSUMER_OFFSET)

    def read(body: dict[str, Any]) -> tuple[Consumption, ...]:
        return tuple(_consumptions(body["offsetTable"]))

    return read_body(connection, answer, read)


def _consumptions(table: dict[str, Any]) -> list[Consumption]:
    found = []
    for key, offsets in table.items():
        topic, separator, group = str(key).partition("@")
        if separator:
            by_queue = {int(queue): int(offset) for queue, offset in offsets.items()}
            found.append(Consumption(group, topic, by_queue))
    return found


def topic_ends(connection: Connection, topic: str) -> Offsets:
    """Ask a broker where the queues of a topic end; empty if it no longer has the topic."""
    accepted = (ResponseCode.SUCCESS, ResponseCode.TOPIC_NOT_EXIST)
    ext = {"topic": topic}
    answer = connection.ask(RequestCode.GET_TOPIC_STATS_INFO, ext, accepted=accepted)
    if answer.code == ResponseCode.TOPIC_NOT_EXIST:
        return {}

    def read(body: dict[str, Any]) -> Offsets:
        return dict(_queue_end(key, entry) for key, entry in body["offsetTable"].items())

    return read_body(connection, answer, read)


def _queue_end(key: str, entry: dict[str, Any]) -> tuple[int, int]:
    # The key is a JSON object that names the queue.
    return int(json.loads(key)["queueId"]), int(entry["maxOffset"])


def online_consumers(connection: Connection, group: str) -> int:
    """Ask a broker how many clients of a consumer group are connected to it."""
    # It answers "system error" for a group without a client.
    accepted = (ResponseCode.SUCCESS, ResponseCode.SYSTEM_ERROR)
    ext = {"consumerGroup": group}
    answer = connection.ask(RequestCode.GET_CONSUMER_LIST_BY_GROUP, ext, accepted=accepted)
    if answer.code == ResponseCode.SYSTEM_ERROR:
        return 0

    def read(body: dict[str, Any]) -> int:
        return len(body["consumerIdList"])

    return read_body(connection, answer, read)
