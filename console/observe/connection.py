"""Connections that stay open from one poll to the next, and count their requests."""

from __future__ import annotations

import threading
from typing import Callable, TypeVar

from remoting.errors import RefusedError, RemotingError, UnreachableError
from remoting.protocol.connection import Connection

T = TypeVar("T")


class RequestCounter:
    """Counts requests to the cluster, over all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self, requests: int = 1) -> None:
        """Count further requests."""
        with self._lock:
            self.count += requests


class PersistentConnection:
    """Connects on first use, and again after the peer has closed the connection."""

    def __init__(self, address: str, timeout_seconds: float, counter: RequestCounter) -> None:
        self.address = address
        self._timeout_seconds = timeout_seconds
        self._counter = counter
        self._connection: Connection | None = None

    def call(self, ask: Callable[[Connection], T]) -> T:
        """Return what `ask` returns for an open connection.

        A call that finds the old connection closed is repeated on a new one, so the restart of a
        process between two calls goes unnoticed.

        Raises:
            RemotingError: there is no usable answer.

        """
        if self._connection is not None:
            try:
                return self._call_through(self._connection, ask)
            except UnreachableError:
                self.close()
        self._connection = Connection(self.address, self._timeout_seconds)
        return self._call_through(self._connection, ask)

    def _call_through(self, connection: Connection, ask: Callable[[Connection], T]) -> T:
        before = connection.requests
        try:
            return ask(connection)
        except RefusedError:
            raise
        except RemotingError:
            self.close()
            raise
        finally:
            self._counter.add(connection.requests - before)

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


Connect = Callable[[str], PersistentConnection]
"""Makes the connection to an address, which is opened on first use."""
