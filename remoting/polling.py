"""Wait for a state by asking again and again, until a deadline."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from remoting.connection import REQUEST_TIMEOUT_SECONDS
from remoting.errors import AddressError, CheckFailedError, RemotingError, SlaveAheadError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
INTERVAL_SECONDS = 0.15
_SHORTEST_REQUEST_SECONDS = 0.2


class Deadline:
    """A moment on the monotonic clock; it may come nearer, never go further."""

    def __init__(self, at: float) -> None:
        self.at = at

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline `seconds` from now."""
        return cls(time.monotonic() + seconds)

    def shorten(self, seconds: float) -> None:
        """Leave at most `seconds` to everybody who waits for it."""
        self.at = min(self.at, time.monotonic() + seconds)

    @property
    def remaining_seconds(self) -> float:
        """Return what is left, never below 0."""
        return max(0.0, self.at - time.monotonic())

    @property
    def request_seconds(self) -> float:
        """Return how long one request may take."""
        return min(REQUEST_TIMEOUT_SECONDS, max(_SHORTEST_REQUEST_SECONDS, self.remaining_seconds))


@dataclass(frozen=True)
class Check:
    """What is being waited for, and what a person should look at when it does not come."""

    name: str
    subject: str
    look_at: str

    def failure(self, cause: RemotingError) -> CheckFailedError:
        """Return the error that names this check and its last cause."""
        return CheckFailedError(self.name, self.subject, str(cause), self.look_at)


def poll(attempt: Callable[[], T], check: Check, deadline: Deadline) -> T:
    """Repeat `attempt` until it returns; it is made at least once.

    Raises:
        CheckFailedError: the deadline passed, with the last cause; or raised by `attempt`.
        SlaveAheadError, AddressError: raised by `attempt`; waiting would not mend it.

    """
    while True:
        try:
            return attempt()
        except (AddressError, CheckFailedError, SlaveAheadError):
            raise
        except RemotingError as error:
            if deadline.remaining_seconds <= 0:
                raise check.failure(error) from error
        time.sleep(min(INTERVAL_SECONDS, deadline.remaining_seconds))
