"""The pollers of a fake cluster, run step by step."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from console.observe.connection import RequestCounter
from console.observe.inventory import InventoryPoller
from console.observe.pollers import BrokerPoller, name_server_poller
from console.observe.state import ObservedState
from console.server.snapshot import SnapshotCache
from tests.unit.console.observed import CONFIGURATION
from tests.unit.console.openapi import faults_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.console.fake_cluster import FakeCluster

REQUEST_SECONDS = 1.0
UP = dict.fromkeys(("broker-a", "broker-a-s", "broker-b", "broker-b-s"), "up")


class SteppedCluster:
    """All pollers of a cluster, run one after the other instead of in threads."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster, self.plan, self.observed, self.counter = (
            cluster,
            cluster.plan,
            ObservedState(),
            RequestCounter(),
        )
        options = (REQUEST_SECONDS, self.counter)
        self._polls: list[Callable[[int], None]] = [
            *(
                name_server_poller(one, self.observed, *options).poll
                for one in self.plan.name_servers
            ),
            *(
                BrokerPoller(one, self.plan, self.observed, *options).poll
                for one in self.plan.brokers
            ),
            *(
                InventoryPoller(group, self.plan, self.observed, *options).poll
                for group in ("broker-a", "broker-b")
            ),
        ]
        self._numbers = itertools.count(1)
        self.snapshots = SnapshotCache(self.plan, CONFIGURATION, self.observed, self.counter)

    def step(self) -> int:
        """Poll everything once; return the number of requests."""
        before, number = self.cluster.asked, next(self._numbers)
        for poll in self._polls:
            poll(number)
        return self.cluster.asked - before

    def states(self) -> dict[str, str]:
        return {
            name: observation.state for name, observation in sorted(self.observed.brokers.items())
        }

    def document(self) -> Any:
        """Return the cluster's document, checked against its schema."""
        document = json.loads(self.snapshots.document().body)
        assert faults_in(document) == []
        return document
