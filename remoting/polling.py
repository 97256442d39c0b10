"""Poll for a state until a deadline."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from remoting.errors import AddressError, CheckFailedError, RemotingError, SlaveAheadError
from remoting.protocol.connection import REQUEST_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
INTERVAL_SECONDS = 0.15
LONGEST_PAUSE_SECONDS = 5.0
REQUESTS_PER_DEADLINE = 30
"""One request may take this fraction of the whole time: only slow hosts are given much time.

A process keeps working on a request that has timed out here, so asking again early adds load.
"""
_SHORTEST_REQUEST_SECONDS = 1.0


class Deadline:
    """A moment on the monotonic clock; it can only be moved closer."""

    def __init__(self, at: float, longest_request: float = REQUEST_TIMEOUT_SECONDS) -> None:
        self.at = at
        self._longest_request = longest_request

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline `seconds` from now."""
        longest = max(REQUEST_TIMEOUT_SECONDS, seconds / REQUESTS_PER_DEADLINE)
        return cls(time.monotonic() + seconds, longest)

    def shorten(self, seconds: float) -> None:
        """Leave at most `seconds` from now."""
        self.at = min(self.at, time.monotonic() + seconds)

    @property
    def remaining_seconds(self) -> float:
        """Return what is left, never below 0."""
        return max(0.0, self.at - time.monotonic())

    @property
    def request_seconds(self) -> float:
        """Return how long one request may take."""
        return min(self._longest_request, max(_SHORTEST_REQUEST_SECONDS, self.remaining_seconds))


@dataclass(frozen=True)
class Check:
    """What is waited for, and where a person should look if it does not come."""

    name: str
    subject: str
    look_at: str

    def failure(self, cause: RemotingError) -> CheckFailedError:
        """Return the error that names this check and its last cause."""
        return CheckFailedError(self.name, self.subject, str(cause), self.look_at)


def poll(attempt: Callable[[float], T], check: Check, deadline: Deadline) -> T:
    """Repeat `attempt`, at least once, until it returns; it gets the seconds for one request.

    The pause between two attempts is as long as an attempt took: a slow peer is a busy one.

    Raises:
        CheckFailedError: the deadline passed, with the last cause; or raised by `attempt`.
        SlaveAheadError, AddressError: raised by `attempt`; waiting would not help.

    """
    while True:
        started = time.monotonic()
        try:
            return attempt(deadline.request_seconds)
        except (AddressError, CheckFailedError, SlaveAheadError):
            raise
        except RemotingError as error:
            if deadline.remaining_seconds <= 0:
                raise check.failure(error) from error
        took = min(time.monotonic() - started, LONGEST_PAUSE_SECONDS)
        time.sleep(min(max(INTERVAL_SECONDS, took), deadline.remaining_seconds))
