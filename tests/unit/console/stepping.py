"""The pollers of a fake cluster, run step by step."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from console.observe.connection import RequestCounter
from console.observe.inventory import InventoryPoller
from console.observe.pollers import BrokerPoller, answer_poller
from console.observe.state import ObservedState
from console.server.snapshot import SnapshotCache
from remoting.requests.admin import cluster_info
from tests.unit.console.observed import CONFIGURATION
from tests.unit.console.openapi import faults_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.observe.connection import Connect
    from tests.unit.console.fake_cluster import FakeCluster

UP = dict.fromkeys(("broker-a", "broker-a-s", "broker-b", "broker-b-s"), "up")


class SteppedCluster:
    """All pollers of a cluster, run one after the other instead of in threads."""

    def __init__(
        self, cluster: FakeCluster, connect_for: Callable[[RequestCounter], Connect]
    ) -> None:
        self.cluster, self.plan, self.observed, self.counter = (
            cluster,
            cluster.plan,
            ObservedState(),
            RequestCounter(),
        )
        connect = connect_for(self.counter)
        pollers = [
            *(
                answer_poller(one, self.observed.name_servers, connect, cluster_info)
                for one in self.plan.name_servers
            ),
            *(BrokerPoller(one, self.plan, self.observed, connect) for one in self.plan.brokers),
            *(
                InventoryPoller(group, self.plan, self.observed, connect)
                for group in ("broker-a", "broker-b")
            ),
        ]
        self._polls = [poller.poll for poller in pollers]
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
