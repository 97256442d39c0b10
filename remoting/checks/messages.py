"""Check that a message can be sent and read back."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING

from remoting.codes import ResponseCode
from remoting.errors import NotStoredError, NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.requests.admin import create_topic, topic_config
from remoting.requests.messages import pull_messages, send_message

if TYPE_CHECKING:
    from remoting.requests.messages import Sent, StoredMessage

VERIFICATION_TOPIC = "rmq-pulumi-verification"

_RETRIED_SENDS = (ResponseCode.SYSTEM_BUSY, ResponseCode.SERVICE_NOT_AVAILABLE)


def check_send_and_read(address: str, broker_name: str, deadline: Deadline) -> Sent:
    """Send one message to a broker and read it back from it.

    Raises:
        CheckFailedError: the send was not acknowledged as replicated, or the time ran out.

    """
    look_at = f"`remoting ha-status --address {address}` and store.log of {address}"
    check = Check("send-and-read", f"{broker_name} at {address}", look_at)
    poll(partial(ensure_topic, address, VERIFICATION_TOPIC), check, deadline)
    body = f"{broker_name} {uuid.uuid4()}".encode()

    def send(seconds: float) -> Sent:
        with Connection(address, seconds) as connection:
            sent = send_message(connection, broker_name, VERIFICATION_TOPIC, body)
        if sent.is_replicated:
            return sent
        refusal = NotStoredError(address, sent.code, sent.remark)
        if sent.code in _RETRIED_SENDS:
            raise refusal
        raise check.failure(refusal) from refusal

    sent = poll(send, check, deadline)
    stored = poll(partial(_read_back, address, sent), check, deadline)
    if stored.body != body:
        cause = NotYetError(f"offset {sent.queue_offset} holds a different body than the one sent")
        raise check.failure(cause)
    return sent


def ensure_topic(address: str, topic: str, timeout_seconds: float, queues: int = 1) -> None:
    """Create a topic on one broker unless it exists."""
    with Connection(address, timeout_seconds) as connection:
        if topic_config(connection, topic) is None:
            create_topic(connection, topic, queues)


def _read_back(address: str, sent: Sent, timeout_seconds: float) -> StoredMessage:
    with Connection(address, timeout_seconds) as connection:
        queue = VERIFICATION_TOPIC, sent.queue_id, sent.queue_offset
        messages = pull_messages(connection, *queue, limit=1)
    if not messages or messages[0].queue_offset != sent.queue_offset:
        at = f"offset {sent.queue_offset} of {VERIFICATION_TOPIC}"
        cause = f"the message sent is not readable at {at}"
        raise NotYetError(cause)
    return messages[0]
