from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.observe.connection import RequestCounter
from console.observe.inventory import InventoryPoller
from console.observe.pollers import CONFIG_STEPS
from console.observe.state import ObservedState
from console.observe.threads import PollerThreads, step_at
from console.server.snapshot import SnapshotCache
from tests.unit.console.observed import CONFIGURATION
from tests.unit.console.passwords import PASSWORD
from tests.unit.console.serving import console_app, serving
from tests.unit.console.stepping import UP

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 30


def test_a_cluster_that_is_as_planned_is_healthy_after_one_step(stepped):
    stepped.step()
    document = stepped.document()
    assert (document["state"], document["problems"]) == ("healthy", [])
    assert stepped.states() == UP
    assert stepped.counter.count == stepped.cluster.asked


def test_topics_and_consumer_groups_are_observed(stepped):
    stepped.step()
    document = stepped.document()
    assert [topic["name"] for topic in document["topics"]] == ["Orders", "TBW102"]
    assert document["topics"][0]["readQueues"] == 8
    lag = {"topic": "Orders", "lag": 6}
    expected = {"name": "readers", "clients": 1, "lag": 6, "topics": [lag]}
    assert document["consumerGroups"] == [expected]


def test_a_stopped_broker_is_down_at_the_next_step_and_up_after_its_start(stepped, cluster):
    stepped.step()
    cluster.processes["broker-a"].stop()
    stepped.step()
    assert stepped.states() == {**UP, "broker-a": "down"}
    assert "missing" in {problem["kind"] for problem in stepped.document()["problems"]}
    cluster.processes["broker-a"].start()
    stepped.step()
    assert stepped.states() == UP
    assert stepped.document()["state"] == "healthy"


def test_only_the_broker_that_hangs_is_silent(stepped, cluster):
    stepped.step()
    cluster.processes["broker-a"].is_silent = True
    stepped.step()
    assert stepped.states() == {**UP, "broker-a": "silent"}
    causes = [one["cause"] for one in stepped.document()["brokers"]]
    assert causes == ["no answer within 1.0 s", None, None, None]
    cluster.processes["broker-a"].is_silent = False
    stepped.step()
    assert stepped.states() == UP


def test_a_restart_between_two_polls_is_not_an_outage(stepped, cluster):
    state = cluster.states["broker-a"]
    for put in (10, 20):
        state.put = put
        stepped.step()
    started = stepped.document()["brokers"][0]["startedAt"]
    cluster.processes["broker-a"].stop()
    state.restart()
    cluster.processes["broker-a"].start()
    stepped.step()
    assert stepped.states() == UP
    document = stepped.document()
    assert document["problems"] == []
    assert document["brokers"][0]["startedAt"] > started


def test_a_slave_ahead_of_its_master_is_reported_at_the_second_step(stepped, cluster):
    cluster.states["broker-a-s"].held = cluster.states["broker-a"].held + 7
    stepped.step()
    stepped.step()
    (problem,) = stepped.document()["problems"]
    assert (problem["kind"], problem["values"]) == (
        "slaveAhead",
        {"slave": "broker-a-s", "bytes": 7},
    )


def test_a_slave_that_copies_immediately_is_never_ahead(stepped, cluster):
    master, slave = cluster.states["broker-a"], cluster.states["broker-a-s"]

    def grow() -> None:
        master.held = slave.held = master.held + 1000

    master.when_asked = slave.when_asked = grow
    for _ in range(4):
        stepped.step()
        assert stepped.document()["problems"] == []


def test_the_configuration_of_a_restarted_broker_is_requested_again(stepped, cluster):
    stepped.step()
    cluster.processes["broker-a"].stop()
    cluster.states["broker-a"].restart()
    cluster.states["broker-a"].role = "SLAVE"
    cluster.processes["broker-a"].start()
    stepped.step()
    assert "wrongRole" in {problem["kind"] for problem in stepped.document()["problems"]}


def test_a_connection_is_opened_once_and_reused(stepped, monkeypatch):
    stepped.step()
    monkeypatch.setattr("console.observe.connection.Connection", None)
    stepped.step()
    assert stepped.states() == UP


def test_one_stopped_name_server_leaves_the_brokers_visible(stepped, cluster):
    cluster.processes["namesrv-1"].stop()
    stepped.step()
    document = stepped.document()
    assert [problem["kind"] for problem in document["problems"]] == ["nameServerDown"]
    assert [one["listedBy"] for one in document["brokers"]] == [["namesrv-2"]] * 4
    assert [one["listed"] for one in document["nameServers"]] == [None, 4]


def test_the_inventory_does_not_wait_for_the_first_poll_of_brokers(cluster, connect_for):
    observed, connect = ObservedState(), connect_for(RequestCounter())
    InventoryPoller("broker-a", cluster.plan, observed, connect).poll(0)
    assert list(observed.inventories["broker-a"].topics) == ["Orders", "TBW102"]


def test_without_a_master_topics_come_from_its_slave(stepped, cluster):
    stepped.step()
    cluster.processes["broker-a"].stop()
    cluster.states["broker-a-s"].topics = ("Bills",)
    stepped.step()
    names = [topic["name"] for topic in stepped.document()["topics"]]
    assert names == ["Bills", "Orders", "TBW102"]


def test_a_dead_cluster_is_answered_by_200(stepped, cluster):
    stepped.step()
    for process in cluster.processes.values():
        process.stop()
    stepped.step()
    assert stepped.document()["state"] == "dead"
    with serving(console_app(stepped.snapshots)) as client:
        answer = client.with_session(PASSWORD).get("/api/cluster")
    assert answer.status == 200


def test_many_clients_cause_no_more_requests_to_the_cluster_than_one(stepped):
    for _ in range(CONFIG_STEPS):
        stepped.step()
    with serving(console_app(stepped.snapshots)) as client:
        member, over, answered = client.with_session(PASSWORD), threading.Event(), RequestCounter()
        alone = []
        for _ in range(2 * CONFIG_STEPS):
            alone.append(stepped.step())
            assert member.get("/api/cluster").status == 200

        def ask() -> None:
            while not over.is_set():
                assert member.get("/api/cluster").status == 200
                answered.add()

        clients = [threading.Thread(target=ask) for _ in range(50)]
        for thread in clients:
            thread.start()
        until(lambda: answered.count >= len(clients))
        among_many = [stepped.step() for _ in range(2 * CONFIG_STEPS)]
        over.set()
        for thread in clients:
            thread.join(SECONDS)
    assert among_many == alone


def running_pollers() -> set[threading.Thread]:
    """Return the threads of pollers, those that another test's module has left included."""
    return {thread for thread in threading.enumerate() if thread.name.endswith("(_run)")}


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.usefixtures("closed_connections")
def test_a_hanging_broker_delays_neither_other_pollers_nor_the_answer(cluster):
    cluster.processes["broker-a"].is_silent = True
    # Longer than the test, so that the hanging broker is never observed.
    configuration = replace(CONFIGURATION, every_seconds=0.05, request_seconds=SECONDS)
    observed = ObservedState()
    pollers = PollerThreads(cluster.plan, configuration, observed)
    snapshots = SnapshotCache(cluster.plan, configuration, observed, pollers.requests)
    before = running_pollers()
    pollers.start()
    try:
        others = ("broker-a-s", "broker-b", "broker-b-s")
        until(lambda: all(name in observed.brokers for name in others))
        first = {name: observed.brokers[name].at for name in others}
        until(lambda: all(observed.brokers[name].at > first[name] for name in others))
        document = json.loads(snapshots.document().body)
        assert [one["state"] for one in document["brokers"]] == ["starting", "up", "up", "up"]
        assert "broker-a" not in observed.brokers
    finally:
        pollers.stop()
        cluster.processes["broker-a"].stop()
        until(lambda: running_pollers() <= before)


@pytest.mark.usefixtures("closed_connections")
def test_polling_threads_observe_a_stop_and_a_start(cluster):
    quick = replace(CONFIGURATION, every_seconds=0.05, request_seconds=SECONDS)
    observed = ObservedState()
    pollers = PollerThreads(cluster.plan, quick, observed)
    before = running_pollers()
    pollers.start()

    def is_observed(state: str) -> bool:
        return "broker-b" in observed.brokers and observed.brokers["broker-b"].state == state

    try:
        until(lambda: is_observed("up"))
        cluster.processes["broker-b"].stop()
        until(lambda: is_observed("down"))
        cluster.processes["broker-b"].start()
        until(lambda: is_observed("up"))
    finally:
        pollers.stop()
        until(lambda: running_pollers() <= before)


@pytest.mark.parametrize(
    ("at", "step"), [(0.0, 0), (1.99, 0), (2.0, 1), (1_800_000_001.0, 900_000_000)]
)
def test_a_time_belongs_to_one_step(at, step):
    assert step_at(at, 2.0) == step
