"""Send messages to one broker and read them back from it."""

from __future__ import annotations

import struct
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remoting.codes import RequestCode, ResponseCode
from remoting.errors import MalformedAnswerError, RefusedError
from remoting.requests.admin import topic_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from remoting.protocol.connection import Connection

# Both exist on every broker, even if autoCreateSubscriptionGroup is false.
_CONSUMER_GROUP = "TOOLS_CONSUMER"
_PRODUCER_GROUP = "CLIENT_INNER_PRODUCER"
_SUBSCRIPTION_INLINE = 4
_BATCH = 32
_MAGICS = {0xDAA320A7: 1, 0xDAA320AB: 2}  # by magic: bytes of the topic's length field
_FIXED_FIELDS = struct.Struct(">iIiiiqqi")
_BORN_HOST_V6, _STORE_HOST_V6 = 1 << 4, 1 << 5
_V4_HOST_BYTES, _V6_HOST_BYTES = 8, 20


@dataclass(frozen=True)
class Sent:
    """How a broker answered one send; `milliseconds` from request to answer."""

    code: int
    remark: str
    message_id: str
    queue_id: int
    queue_offset: int
    milliseconds: float

    @property
    def is_replicated(self) -> bool:
        """Return whether the broker stored the message on every required replica."""
        return self.code == ResponseCode.SUCCESS

    @property
    def status(self) -> str:
        """Return what RocketMQ's own clients call the answer."""
        if self.is_replicated:
            return "SEND_OK"
        known = self.code in set(ResponseCode)
        return ResponseCode(self.code).name if known else f"CODE_{self.code}"


@dataclass(frozen=True)
class StoredMessage:
    """One record of a commit log; `physical_offset` in bytes."""

    queue_id: int
    queue_offset: int
    physical_offset: int
    body: bytes
    properties: str

    @property
    def unique_key(self) -> str:
        """Return the id that its sender gave it; empty without one."""
        pairs = (pair.partition("\x01") for pair in self.properties.split("\x02"))
        return next((value for key, _, value in pairs if key == "UNIQ_KEY"), "")


def send_message(
    connection: Connection, broker_name: str, topic: str, body: bytes, queue_id: int = 0
) -> Sent:
    """Send one message and wait for its replication; any response code is returned."""
    unique_key = uuid.uuid4().hex.upper()
    ext = {
        "a": _PRODUCER_GROUP,
        "b": topic,
        "c": "TBW102",
        "d": "4",
        "e": str(queue_id),
        "f": "0",
        "g": str(time.time_ns() // 1_000_000),
        "h": "0",
        "i": f"UNIQ_KEY\x01{unique_key}\x02WAIT\x01true\x02",
        "j": "0",
        "k": "false",
        "m": "false",
        "n": broker_name,
    }
    started = time.monotonic()
    answer = connection.ask(RequestCode.SEND_MESSAGE_V2, ext, body, accepted=None)
    return Sent(
        code=answer.code,
        remark=answer.remark,
        message_id=unique_key,
        queue_id=_number(connection, answer.ext.get("queueId", "-1")),
        queue_offset=_number(connection, answer.ext.get("queueOffset", "-1")),
        milliseconds=round((time.monotonic() - started) * 1000, 1),
    )


def _number(connection: Connection, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise MalformedAnswerError(connection.address, f"{text!r} is not a number") from error


def queue_bounds(connection: Connection, topic: str, queue_id: int) -> tuple[int, int]:
    """Ask a broker for the first offset of a queue and the one after its last, in messages."""
    ext = {"topic": topic, "queueId": str(queue_id)}
    lowest = connection.ask(RequestCode.GET_MIN_OFFSET, ext).ext.get("offset", "")
    highest = connection.ask(RequestCode.GET_MAX_OFFSET, ext).ext.get("offset", "")
    return _number(connection, lowest), _number(connection, highest)


def pull_messages(
    connection: Connection, topic: str, queue_id: int, queue_offset: int, limit: int = _BATCH
) -> tuple[StoredMessage, ...]:
    """Read at most `limit` messages of a queue from an offset on; empty at its end."""
    ext = {
        "consumerGroup": _CONSUMER_GROUP,
        "topic": topic,
        "queueId": str(queue_id),
        "queueOffset": str(queue_offset),
        "maxMsgNums": str(limit),
        "sysFlag": str(_SUBSCRIPTION_INLINE),
        "commitOffset": "0",
        "suspendTimeoutMillis": "0",
        "subscription": "*",
        "subVersion": "0",
        "expressionType": "TAG",
    }
    nothing = (
        ResponseCode.PULL_NOT_FOUND,
        ResponseCode.PULL_RETRY_IMMEDIATELY,
        ResponseCode.PULL_OFFSET_MOVED,
    )
    accepted = (ResponseCode.SUCCESS, *nothing)
    answer = connection.ask(RequestCode.PULL_MESSAGE, ext, accepted=accepted)
    if answer.code in nothing:
        return ()
    try:
        return tuple(parse_records(answer.body))
    except (struct.error, ValueError) as error:
        fault = f"unreadable message records ({error})"
        raise MalformedAnswerError(connection.address, fault) from error


def read_topic(connection: Connection, topic: str) -> Iterator[StoredMessage]:
    """Read every message that a topic holds now, queue by queue.

    Raises:
        RefusedError: the broker has no such topic.

    """
    config = topic_config(connection, topic)
    if config is None:
        code = ResponseCode.TOPIC_NOT_EXIST
        raise RefusedError(connection.address, RequestCode.GET_TOPIC_CONFIG, code, topic)
    for queue_id in range(config.read_queues):
        offset, end = queue_bounds(connection, topic, queue_id)
        while offset < end:
            messages = pull_messages(connection, topic, queue_id, offset)
            if not messages:
                fault = f"{topic} queue {queue_id} ends at {offset} instead of {end}"
                raise MalformedAnswerError(connection.address, fault)
            yield from messages
            offset = messages[-1].queue_offset + 1


def parse_records(body: bytes) -> Iterator[StoredMessage]:
    """Parse consecutive commit log records.

    Raises:
        ValueError, struct.error: the bytes are not such records.

    """
    start = 0
    while start < len(body):
        (size,) = struct.unpack_from(">i", body, start)
        record = body[start : start + size]
        if size < _FIXED_FIELDS.size or len(record) != size:
            message = f"record of {size} bytes at {start} of {len(body)}"
            raise ValueError(message)
        yield _parse_record(record)
        start += size


def _parse_record(record: bytes) -> StoredMessage:
    fixed = _FIXED_FIELDS.unpack_from(record)
    _, magic, _, queue_id, _, queue_offset, physical_offset, flags = fixed
    if magic not in _MAGICS:
        message = f"record with magic {magic:#x}"
        raise ValueError(message)
    position = _FIXED_FIELDS.size
    for host_flag in (_BORN_HOST_V6, _STORE_HOST_V6):
        position += 8 + (_V6_HOST_BYTES if flags & host_flag else _V4_HOST_BYTES)
    position += 12  # times consumed again, offset of a prepared transaction
    body, position = _take(record, position, 4)
    _, position = _take(record, position, _MAGICS[magic])
    properties, _ = _take(record, position, 2)
    return StoredMessage(queue_id, queue_offset, physical_offset, body, properties.decode())


def _take(record: bytes, position: int, length_bytes: int) -> tuple[bytes, int]:
    start = position + length_bytes
    end = start + int.from_bytes(record[position:start], "big")
    if end > len(record):
        message = f"field that ends at {end} of {len(record)} bytes"
        raise ValueError(message)
    return record[start:end], end
