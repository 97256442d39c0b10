"""A console's watches of a fake cluster, taken one step after the other."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from console.observe.connection import Tally
from console.observe.inventory import InventoryWatch
from console.observe.pollers import BrokerWatch, watch_name_server
from console.observe.state import Sight
from console.server.snapshot import Board
from tests.unit.console.openapi import faults_in
from tests.unit.console.sights import CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.console.fake_cluster import FakeCluster

SILENCE_SECONDS = 0.2
UP = dict.fromkeys(("broker-a", "broker-a-s", "broker-b", "broker-b-s"), "up")


class Steps:
    """The watches of a cluster, one step after the other instead of each in its thread."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster, self.plan, self.sight, self.tally = cluster, cluster.plan, Sight(), Tally()
        line = (SILENCE_SECONDS, self.tally)
        self._looks: list[Callable[[int], None]] = [
            *(watch_name_server(one, self.sight, *line).look for one in self.plan.name_servers),
            *(BrokerWatch(one, self.plan, self.sight, *line).look for one in self.plan.brokers),
            *(
                InventoryWatch(group, self.plan, self.sight, *line).look
                for group in ("broker-a", "broker-b")
            ),
        ]
        self._numbers = itertools.count(1)
        self.board = Board(self.plan, CONFIGURATION, self.sight, self.tally)

    def step(self) -> int:
        """Look at everything once; return how many requests that took."""
        before, number = self.cluster.asked, next(self._numbers)
        for look in self._looks:
            look(number)
        return self.cluster.asked - before

    def states(self) -> dict[str, str]:
        return {name: look.state for name, look in sorted(self.sight.brokers.items())}

    def document(self) -> Any:
        """Return what the console answers, which is always as the description says."""
        document = json.loads(self.board.cluster().body)
        assert faults_in(document) == []
        return document
