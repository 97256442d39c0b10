"""Count messages on one broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.requests.messages import queue_bounds

if TYPE_CHECKING:
    from remoting.protocol.connection import Connection


def count_messages(connection: Connection, topic: str, queues: int) -> int:
    """Count a topic's messages by its queues' bounds; works on a slave that lacks the topic."""
    bounds = [queue_bounds(connection, topic, queue_id) for queue_id in range(queues)]
    return sum(highest - lowest for lowest, highest in bounds)
