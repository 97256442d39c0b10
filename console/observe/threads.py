"""One thread per process, each with its own pace, so that a hung one delays nobody else."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from console.observe.connection import RequestCounter
from console.observe.inventory import InventoryPoller
from console.observe.pollers import (
    BrokerPoller,
    controller_poller,
    name_server_poller,
    proxy_poller,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.configuration import Configuration
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

INVENTORY_STEPS = 5
"""Topics and consumer groups are asked for so seldom: they are many and change rarely."""

STACK_BYTES = 512 * 1024
"""Of a thread; a watch calls nothing deep."""


class PollerThreads:
    """All watches of a plan."""

    def __init__(self, plan: Plan, configuration: Configuration, observed: ObservedState) -> None:
        self.requests = RequestCounter()
        self._every_seconds = configuration.every_seconds
        self._stop = threading.Event()
        options = (configuration.request_seconds, self.requests)
        polls: list[Callable[[int], None]] = []
        polls += [name_server_poller(one, observed, *options).poll for one in plan.name_servers]
        polls += [BrokerPoller(one, plan, observed, *options).poll for one in plan.brokers]
        polls += [controller_poller(one, observed, *options).poll for one in plan.controllers]
        polls += [proxy_poller(one, observed, *options).poll for one in plan.proxies]
        groups = dict.fromkeys(broker.group for broker in plan.brokers)
        inventories = [InventoryPoller(group, plan, observed, *options).poll for group in groups]
        self._threads = [
            *(self._thread(poll, 1) for poll in polls),
            *(self._thread(poll, INVENTORY_STEPS) for poll in inventories),
        ]

    def start(self) -> None:
        """Start all of them."""
        before = threading.stack_size(STACK_BYTES)
        for thread in self._threads:
            thread.start()
        threading.stack_size(before)

    def stop(self) -> None:
        """Tell all of them to end; they do after the look that each is at."""
        self._stop.set()

    def _thread(self, poll: Callable[[int], None], steps: int) -> threading.Thread:
        return threading.Thread(target=self._run, args=(poll, steps), daemon=True)

    def _run(self, poll: Callable[[int], None], steps: int) -> None:
        while not self._stop.is_set():
            step = step_at(time.time(), self._every_seconds)
            poll(step)
            # On a grid of its own clock, so that no step is left out by the time a look takes.
            following = (step + steps) * self._every_seconds
            self._stop.wait(max(0.0, following - time.time()))


def step_at(seconds: float, every_seconds: float) -> int:
    """Return the number of the step that a moment is in."""
    return int(seconds // every_seconds)
