"""One polling thread per process, so that a process that hangs delays no other."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from console.observe.connection import PersistentConnection, RequestCounter
from console.observe.inventory import InventoryPoller
from console.observe.pollers import BrokerPoller, answer_poller, proxy_poller
from remoting.requests.admin import cluster_info
from remoting.requests.controllers import controller_leader

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.configuration import Configuration
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

INVENTORY_STEPS = 5
"""Steps between two polls of topics and consumer groups, which are many and rarely change."""

STACK_BYTES = 512 * 1024
"""Stack size of a thread; pollers have shallow stacks."""


class PollerThreads:
    """The pollers of all processes of a plan."""

    def __init__(self, plan: Plan, configuration: Configuration, observed: ObservedState) -> None:
        self.requests = RequestCounter()
        self._every_seconds = configuration.every_seconds
        self._stop = threading.Event()
        seconds = configuration.request_seconds
        connect = partial(PersistentConnection, timeout_seconds=seconds, counter=self.requests)
        polls: list[Callable[[int], None]] = []
        polls += [
            answer_poller(server, observed.name_servers, connect, cluster_info).poll
            for server in plan.name_servers
        ]
        polls += [BrokerPoller(one, plan, observed, connect).poll for one in plan.brokers]
        polls += [
            answer_poller(controller, observed.controllers, connect, controller_leader).poll
            for controller in plan.controllers
        ]
        polls += [proxy_poller(one, observed, seconds).poll for one in plan.proxies]
        groups = dict.fromkeys(broker.group for broker in plan.brokers)
        inventories = [InventoryPoller(group, plan, observed, connect).poll for group in groups]
        self._threads = [
            *(self._thread(poll, 1) for poll in polls),
            *(self._thread(poll, INVENTORY_STEPS) for poll in inventories),
        ]

    def start(self) -> None:
        """Start all threads."""
        before = threading.stack_size(STACK_BYTES)
        for thread in self._threads:
            thread.start()
        threading.stack_size(before)

    def stop(self) -> None:
        """Ask all threads to end; each does after its current poll."""
        self._stop.set()

    def _thread(self, poll: Callable[[int], None], steps: int) -> threading.Thread:
        return threading.Thread(target=self._run, args=(poll, steps), daemon=True)

    def _run(self, poll: Callable[[int], None], steps: int) -> None:
        while not self._stop.is_set():
            step = step_at(time.time(), self._every_seconds)
            poll(step)
            # Aligned to the clock, so that the duration of a poll skips no step.
            following = (step + steps) * self._every_seconds
            self._stop.wait(max(0.0, following - time.time()))


def step_at(seconds: float, every_seconds: float) -> int:
    """Return the number of the step at a time in epoch seconds."""
    return int(seconds // every_seconds)
