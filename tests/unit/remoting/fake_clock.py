"""A clock that tests move; it replaces the module `time` where waits are decided."""

from __future__ import annotations


class FakeClock:
    """Moves when something sleeps, and when a test sets `now`; in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
