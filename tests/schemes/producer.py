"""A producer that finds a group's master as clients do, and counts what was acknowledged."""

import threading
import time
from contextlib import suppress
from itertools import pairwise

from remoting.connection import Connection
from remoting.errors import RemotingError
from remoting.messages import read_topic, send_message
from remoting.requests import cluster_info

SEND_OK = 0
PAUSE_SECONDS = 0.05


class NumberedProducer:
    """Sends numbered messages to a group until it is told to end; those with SEND_OK count."""

    def __init__(self, name_servers: str, group: str, topic: str):
        self._name_servers = name_servers.split(";")
        self._group, self._topic = group, topic
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._produce, daemon=True)
        self.acknowledged: list[bytes] = []
        self.acknowledged_at: list[float] = []
        self.masters: list[str] = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object):
        self._ended.set()
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()

    def wait_for(self, count: int, seconds: float) -> None:
        """Wait until so many more messages were acknowledged."""
        wanted, deadline = len(self.acknowledged) + count, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} of {wanted}"
            time.sleep(PAUSE_SECONDS)

    def longest_gap(self) -> float:
        """Return the longest time in seconds without an acknowledged message."""
        moments = self.acknowledged_at
        return max(after - before for before, after in pairwise(moments))

    def _produce(self) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            body = f"{self._group} {number}".encode()
            with suppress(RemotingError):
                master = find_master(self._name_servers, self._group)
                with Connection(master, 3.0) as connection:
                    code = send_message(connection, self._group, self._topic, body).code
                if code == SEND_OK:
                    self.acknowledged.append(body)
                    self.acknowledged_at.append(time.monotonic())
                    if self.masters[-1:] != [master]:
                        self.masters.append(master)
                    continue
            time.sleep(PAUSE_SECONDS)


class NoMasterError(RemotingError):
    """No name server lists a master of the group."""


def find_master(name_servers: list[str], group: str) -> str:
    """Return the address of a group's master, from the first name server that answers."""
    for server in name_servers:
        with suppress(RemotingError), Connection(server, 2.0) as connection:
            listed = cluster_info(connection).get(group)
            if listed and 0 in listed.addresses:
                return listed.addresses[0]
    raise NoMasterError(group)


def missing(address: str, topic: str, sent: list[bytes]) -> list[bytes]:
    """Return the messages that a broker does not have."""
    with Connection(address, 10.0) as connection:
        there = {message.body for message in read_topic(connection, topic)}
    return [body for body in sent if body not in there]
