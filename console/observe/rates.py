"""Messages per second over the last minutes, derived from counters."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

POINTS = 150


@dataclass(frozen=True)
class Rate:
    """Messages per second, into a broker and out of it."""

    incoming: float
    outgoing: float


class RateHistory:
    """The rates of one broker, by step."""

    def __init__(self) -> None:
        self._points: deque[tuple[int, Rate]] = deque(maxlen=POINTS)
        self._last: tuple[float, int, int] | None = None

    def add(self, step: int, at: float, put_total: int, get_total: int) -> None:
        """Add a reading of the counters, which start at 0 again when the broker restarts."""
        last, self._last = self._last, (at, put_total, get_total)
        if last is None or at <= last[0] or put_total < last[1] or get_total < last[2]:
            return
        seconds = at - last[0]
        rate = Rate((put_total - last[1]) / seconds, (get_total - last[2]) / seconds)
        self._points.append((step, rate))

    def interrupt(self) -> None:
        """Start over with the next reading, after a poll without an answer."""
        self._last = None

    @property
    def latest(self) -> Rate | None:
        """Return the newest rate; None if there are no two readings in a row."""
        return self._points[-1][1] if self._points and self._last is not None else None

    def window(self, step: int) -> list[Rate | None]:
        """Return one point per step up to `step`, the newest last; None for gaps."""
        by_step = dict(list(self._points))
        first = step - POINTS + 1
        points = [by_step.get(number) for number in range(first, step + 1)]
        started = next((at for at, point in enumerate(points) if point), len(points))
        return points[started:]
