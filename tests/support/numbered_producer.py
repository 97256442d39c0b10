"""A producer that numbers its messages and looks up the master again after each failed send."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from remoting.errors import RemotingError
from remoting.protocol.connection import Connection
from remoting.requests.admin import cluster_info
from remoting.requests.messages import send_message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

REQUEST_SECONDS = 3.0
PAUSE_SECONDS = 0.05


@dataclass
class NumberedProducer:
    """Sends each number once, in a background thread that lives as long as the context."""

    name_servers: Sequence[str]
    group: str
    topic: str
    acknowledged: dict[int, str] = field(default_factory=dict)
    """The address that answered SEND_OK, by message number."""
    acknowledged_at: list[float] = field(default_factory=list)
    """The time of each acknowledgement, in seconds on the monotonic clock."""
    failures: list[str] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=4 * REQUEST_SECONDS)
        assert not self._thread.is_alive(), "the producer is still waiting for an answer"

    def wait_for(self, count: int, seconds: float, by_other_than: str = "") -> float:
        """Wait for `count` more acknowledgements; return the seconds until the first of them."""
        started, seen = time.monotonic(), self._count_by_others(by_other_than)
        to_first = None
        while (more := self._count_by_others(by_other_than) - seen) < count:
            passed = time.monotonic() - started
            if more and to_first is None:
                to_first = passed
            last = self.failures[-1] if self.failures else "none failed"
            message = f"{more} of {count} sends acknowledged after {passed:.0f} s; last: {last}"
            assert passed < seconds, message
            assert self._thread.is_alive(), "the producer died"
            time.sleep(PAUSE_SECONDS)
        return time.monotonic() - started if to_first is None else to_first

    def longest_gap(self) -> float:
        """Return the longest time in seconds without an acknowledged message."""
        return max(after - before for before, after in pairwise(self.acknowledged_at))

    def _count_by_others(self, address: str) -> int:
        return sum(master != address for master in list(self.acknowledged.values()))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._send_to(find_master(self.name_servers, self.group))
            except RemotingError as error:
                self.failures.append(str(error))
            self._stop.wait(PAUSE_SECONDS)

    def _send_to(self, master: str) -> None:
        with Connection(master, REQUEST_SECONDS) as connection:
            while not self._stop.is_set():
                number, self.sent = self.sent, self.sent + 1
                body = str(number).encode()
                answer = send_message(connection, self.group, self.topic, body)
                if not answer.is_replicated:
                    self.failures.append(f"{master}: {answer.status} {answer.remark}")
                    return
                self.acknowledged[number] = master
                self.acknowledged_at.append(time.monotonic())


def find_master(name_servers: Sequence[str], group: str) -> str:
    """Return the address of a group's master, from the first name server that lists one."""
    for name_server in name_servers:
        with Connection(name_server, REQUEST_SECONDS) as connection:
            listed = cluster_info(connection).get(group)
        if listed is not None and 0 in listed.addresses:
            return listed.addresses[0]
    message = f"no name server lists a master of {group}"
    raise RemotingError(message)
