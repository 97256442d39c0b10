"""A connection that stays open from one look to the next."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from remoting.errors import RefusedError, RemotingError, UnreachableError
from remoting.protocol.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from remoting.protocol.frames import Frame

T = TypeVar("T")


class RequestCounter:
    """How many requests were sent to the cluster, by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self.count += 1


class CountedConnection(Connection):
    """A connection whose requests are counted."""

    def __init__(self, address: str, timeout_seconds: float, counter: RequestCounter) -> None:
        super().__init__(address, timeout_seconds)
        self._counter = counter

    def ask(
        self,
        code: int,
        ext: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        accepted: Collection[int] | None = (0,),
    ) -> Frame:
        """Send one request and count it; else as `Connection.ask`."""
        self._counter.add()
        return super().ask(code, ext, body, accepted=accepted)


class PersistentConnection:
    """Opens a connection when it is needed, and again when the peer has closed it since."""

    def __init__(self, address: str, timeout_seconds: float, counter: RequestCounter) -> None:
        self.address = address
        self._timeout_seconds = timeout_seconds
        self._counter = counter
        self._connection: CountedConnection | None = None

    def call(self, ask: Callable[[Connection], T]) -> T:
        """Return what `ask` returns, given an open connection.

        Raises:
            RemotingError: there is no usable answer; of a process that was started anew since
                the last talk, only when it does not answer on a new connection either.

        """
        if self._connection is not None:
            try:
                return self._through(self._connection, ask)
            except UnreachableError:
                self.close()
        self._connection = CountedConnection(self.address, self._timeout_seconds, self._counter)
        return self._through(self._connection, ask)

    def _through(self, connection: CountedConnection, ask: Callable[[Connection], T]) -> T:
        try:
            return ask(connection)
        except RefusedError:
            raise
        except RemotingError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
