"""The checks that gate each step of a start; every one is bounded by a deadline."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from remoting.codes import ResponseCode
from remoting.connection import Connection
from remoting.errors import NotStoredError, NotYetError, RemotingError, TimedOutError
from remoting.messages import pull_messages, send_message
from remoting.polling import Check, Deadline, poll
from remoting.replication import Offsets, compare_offsets
from remoting.requests import (
    cluster_info,
    commit_log_max_offset,
    create_topic,
    topic_config,
    update_broker_config,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remoting.messages import Sent, StoredMessage

VERIFICATION_TOPIC = "rmq-pulumi-verification"
_NUDGE_INTERVAL_SECONDS = 1.0
_RETRIED_SENDS = (ResponseCode.SYSTEM_BUSY, ResponseCode.SERVICE_NOT_AVAILABLE)


@dataclass(frozen=True)
class BrokerIdentity:
    """Which broker should be listed where; `address` is `ip:port`."""

    cluster: str
    name: str
    broker_id: int
    address: str


def check_name_server_ready(address: str, deadline: Deadline) -> int:
    """Wait until a name server answers; return how many broker names it lists."""
    check = Check("name-server-ready", address, "the name server's namesrv.log and its unit")

    def attempt() -> int:
        with Connection(address, deadline.request_seconds) as connection:
            return len(cluster_info(connection))

    return poll(attempt, check, deadline)


def check_broker_registered(
    name_servers: Sequence[str], broker: BrokerIdentity, deadline: Deadline, *, nudge: bool
) -> int:
    """Wait until every name server lists a broker at its address; return the nudges it took."""
    subject = f"{broker.name} id {broker.broker_id} at {broker.address}"
    check = Check("broker-registered", subject, f"broker.log of {broker.address} and its unit")
    nudger = Nudger(broker.address)

    def attempt() -> int:
        try:
            for name_server in name_servers:
                _require_listed(name_server, broker, deadline.request_seconds)
        except NotYetError as unlisted:
            if nudge:
                nudger.nudge(deadline.request_seconds, unlisted)
            raise
        return nudger.count

    return poll(attempt, check, deadline)


def _require_listed(name_server: str, broker: BrokerIdentity, timeout_seconds: float) -> None:
    with Connection(name_server, timeout_seconds) as connection:
        listed = cluster_info(connection).get(broker.name)
    address = listed.addresses.get(broker.broker_id) if listed else None
    if address is None:
        cause = f"name server {name_server} does not list it"
        raise NotYetError(cause)
    if address != broker.address:
        cause = f"name server {name_server} lists it at {address}"
        raise NotYetError(cause)
    if listed is not None and listed.cluster != broker.cluster:
        cause = f"name server {name_server} lists it in cluster {listed.cluster}"
        raise NotYetError(cause)


@dataclass
class Nudger:
    """Makes a running broker register at once instead of in up to 30 seconds.

    Any UPDATE_BROKER_CONFIG that names brokerPermission does. An empty value is no number, so
    the broker keeps the one it has: no drain is lifted, and none that a guard lifts is put back.
    """

    address: str
    count: int = 0
    _next_at: float = field(default=0.0)

    def nudge(self, timeout_seconds: float, unlisted: NotYetError) -> None:
        """Send a nudge, unless the last one was a moment ago; `unlisted` goes into the cause."""
        if time.monotonic() < self._next_at:
            return
        started = time.monotonic()
        try:
            with Connection(self.address, timeout_seconds) as connection:
                update_broker_config(connection, {"brokerPermission": ""})
        except RemotingError as error:
            if isinstance(error, TimedOutError):
                # It is still at it: one nudge more would only be more work.
                self._next_at = time.monotonic() + timeout_seconds
            cause = f"{unlisted}, and {error}"
            raise NotYetError(cause) from error
        took = time.monotonic() - started
        self._next_at = time.monotonic() + max(_NUDGE_INTERVAL_SECONDS, took)
        self.count += 1


def check_in_sync(
    master: str, slaves: Sequence[str], deadline: Deadline, *, may_lag: bool = False
) -> Offsets:
    """Wait until every slave holds exactly what its master holds, or held when this began.

    Raises:
        SlaveAheadError: at once, when a slave holds more than its master.

    """
    look_at = f"store.log of {' and '.join(slaves)} and of {master}"
    check = Check("in-sync", f"{', '.join(slaves)} of master {master}", look_at)

    def held() -> int:
        with Connection(master, deadline.request_seconds) as connection:
            return commit_log_max_offset(connection)

    held_before = poll(held, check, deadline) if may_lag else None

    def attempt() -> Offsets:
        return compare_offsets(master, slaves, deadline.request_seconds, held_before)

    return poll(attempt, check, deadline)


def check_send_and_read(
    address: str, broker_name: str, topic: str, deadline: Deadline
) -> tuple[Sent, float]:
    """Send one message to a broker and read it back from it; return milliseconds for both.

    Raises:
        CheckFailedError: the send was not acknowledged as replicated, or the time ran out.

    """
    look_at = f"`remoting ha-status --address {address}` and store.log of {address}"
    check = Check("send-and-read", f"{broker_name} at {address}", look_at)
    poll(lambda: ensure_topic(address, topic, deadline.request_seconds), check, deadline)
    started = time.monotonic()
    body = f"{broker_name} {uuid.uuid4()}".encode()

    def send() -> Sent:
        with Connection(address, deadline.request_seconds) as connection:
            sent = send_message(connection, broker_name, topic, body)
        if sent.is_replicated:
            return sent
        refusal = NotStoredError(address, sent.code, sent.remark)
        if sent.code in _RETRIED_SENDS:
            raise refusal
        raise check.failure(refusal) from refusal

    sent = poll(send, check, deadline)
    stored = poll(lambda: _read_back(address, topic, sent, deadline), check, deadline)
    if stored.body != body:
        cause = NotYetError(f"offset {sent.queue_offset} holds another body than the one sent")
        raise check.failure(cause)
    return sent, round((time.monotonic() - started) * 1000, 1)


def ensure_topic(address: str, topic: str, timeout_seconds: float, queues: int = 1) -> None:
    """Create a topic on one broker unless it is there; needs no automatic creation."""
    with Connection(address, timeout_seconds) as connection:
        if topic_config(connection, topic) is None:
            create_topic(connection, topic, queues)


def _read_back(address: str, topic: str, sent: Sent, deadline: Deadline) -> StoredMessage:
    with Connection(address, deadline.request_seconds) as connection:
        messages = pull_messages(connection, topic, sent.queue_id, sent.queue_offset, limit=1)
    if not messages or messages[0].queue_offset != sent.queue_offset:
        cause = f"the message sent is not readable at offset {sent.queue_offset} of {topic}"
        raise NotYetError(cause)
    return messages[0]
