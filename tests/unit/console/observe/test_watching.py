from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.observe.connection import Tally
from console.observe.inventory import InventoryWatch
from console.observe.pollers import CONFIG_STEPS
from console.observe.state import Sight
from console.observe.threads import Watchers, step_at
from console.server.snapshot import Board
from tests.unit.console.passwords import PASSWORD
from tests.unit.console.serving import serving, stand_in_app
from tests.unit.console.sights import CONFIGURATION
from tests.unit.console.steps import UP

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 30


def test_a_cluster_that_is_as_planned_is_healthy_after_one_step(steps):
    steps.step()
    document = steps.document()
    assert (document["state"], document["problems"]) == ("healthy", [])
    assert steps.states() == UP
    assert steps.tally.count == steps.cluster.asked


def test_what_a_cluster_holds_for_its_clients_is_seen(steps):
    steps.step()
    document = steps.document()
    assert [topic["name"] for topic in document["topics"]] == ["Orders", "TBW102"]
    assert document["topics"][0]["readQueues"] == 8
    lag = {"topic": "Orders", "lag": 6}
    expected = {"name": "readers", "clients": 1, "lag": 6, "topics": [lag]}
    assert document["consumerGroups"] == [expected]


def test_a_broker_that_stops_is_down_at_the_next_step_and_its_return_is_seen(steps, cluster):
    steps.step()
    cluster.processes["broker-a"].stop()
    steps.step()
    assert steps.states() == {**UP, "broker-a": "down"}
    assert "missing" in {problem["kind"] for problem in steps.document()["problems"]}
    cluster.processes["broker-a"].start()
    steps.step()
    assert steps.states() == UP
    assert steps.document()["state"] == "healthy"


def test_a_broker_that_accepts_and_never_answers_is_silent_and_the_others_are_not(steps, cluster):
    steps.step()
    cluster.processes["broker-a"].is_silent = True
    steps.step()
    assert steps.states() == {**UP, "broker-a": "silent"}
    causes = [one["cause"] for one in steps.document()["brokers"]]
    assert causes == ["no answer within 0.2 s", None, None, None]
    cluster.processes["broker-a"].is_silent = False
    steps.step()
    assert steps.states() == UP


def test_a_restart_between_two_looks_is_no_outage(steps, cluster):
    state = cluster.states["broker-a"]
    for put in (10, 20):
        state.put = put
        steps.step()
    cluster.processes["broker-a"].stop()
    state.restart()
    cluster.processes["broker-a"].start()
    steps.step()
    assert steps.states() == UP
    document = steps.document()
    assert document["problems"] == []
    assert document["brokers"][0]["uptimeSeconds"] < 60


def test_a_slave_that_is_ahead_of_its_master_is_seen_at_the_second_step(steps, cluster):
    cluster.states["broker-a-s"].held = cluster.states["broker-a"].held + 7
    steps.step()
    steps.step()
    (problem,) = steps.document()["problems"]
    assert (problem["kind"], problem["values"]) == (
        "slaveAhead",
        {"slave": "broker-a-s", "bytes": 7},
    )


def test_a_slave_that_copies_at_once_is_never_ahead(steps, cluster):
    master, slave = cluster.states["broker-a"], cluster.states["broker-a-s"]

    def grow() -> None:
        master.held = slave.held = master.held + 1000

    master.when_asked = slave.when_asked = grow
    for _ in range(4):
        steps.step()
        assert steps.document()["problems"] == []


def test_a_restarted_broker_is_asked_for_its_configuration_anew(steps, cluster):
    steps.step()
    cluster.processes["broker-a"].stop()
    cluster.states["broker-a"].restart()
    cluster.states["broker-a"].role = "SLAVE"
    cluster.processes["broker-a"].start()
    steps.step()
    assert "wrongRole" in {problem["kind"] for problem in steps.document()["problems"]}


def test_a_connection_is_opened_once_and_kept(steps, monkeypatch):
    steps.step()
    monkeypatch.setattr("console.observe.connection.CountedConnection", None)
    steps.step()
    assert steps.states() == UP


def test_one_dead_name_server_does_not_blind_the_console(steps, cluster):
    cluster.processes["namesrv-1"].stop()
    steps.step()
    document = steps.document()
    assert [problem["kind"] for problem in document["problems"]] == ["nameServerDown"]
    assert [one["listedBy"] for one in document["brokers"]] == [["namesrv-2"]] * 4
    assert [one["listed"] for one in document["nameServers"]] == [None, 4]


@pytest.mark.usefixtures("lines")
def test_what_a_cluster_holds_is_asked_before_there_was_a_look_at_its_brokers(
    cluster,
):
    sight, tally = Sight(), Tally()
    watch = InventoryWatch("broker-a", cluster.plan, sight, SECONDS, tally)
    watch.look(0)
    assert list(sight.inventories["broker-a"].topics) == ["Orders", "TBW102"]


def test_without_a_master_its_slave_is_asked_for_topics(steps, cluster):
    steps.step()
    cluster.processes["broker-a"].stop()
    cluster.states["broker-a-s"].topics = ("Bills",)
    steps.step()
    names = [topic["name"] for topic in steps.document()["topics"]]
    assert names == ["Bills", "Orders", "TBW102"]


def test_a_dead_cluster_is_an_answer_of_200_that_says_so(steps, cluster):
    steps.step()
    for process in cluster.processes.values():
        process.stop()
    steps.step()
    assert steps.document()["state"] == "dead"
    with serving(stand_in_app(steps.board)) as client:
        answer = client.with_session(PASSWORD).get("/api/cluster")
    assert answer.status == 200


def test_many_who_ask_cause_no_more_requests_to_the_cluster_than_one(steps):
    for _ in range(CONFIG_STEPS):
        steps.step()
    with serving(stand_in_app(steps.board)) as client:
        member, over, answered = client.with_session(PASSWORD), threading.Event(), Tally()
        alone = []
        for _ in range(2 * CONFIG_STEPS):
            alone.append(steps.step())
            assert member.get("/api/cluster").status == 200

        def ask() -> None:
            while not over.is_set():
                assert member.get("/api/cluster").status == 200
                answered.add()

        clients = [threading.Thread(target=ask) for _ in range(50)]
        for thread in clients:
            thread.start()
        until(lambda: answered.count >= len(clients))
        among_many = [steps.step() for _ in range(2 * CONFIG_STEPS)]
        over.set()
        for thread in clients:
            thread.join(SECONDS)
    assert among_many == alone


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.usefixtures("lines")
def test_a_broker_that_hangs_delays_neither_the_others_nor_the_answer(cluster):
    cluster.processes["broker-a"].is_silent = True
    # As long as the whole test: while it lasts, nothing is known of that broker.
    patient = replace(CONFIGURATION, every_seconds=0.05, request_seconds=SECONDS)
    sight = Sight()
    watchers = Watchers(cluster.plan, patient, sight)
    board = Board(cluster.plan, patient, sight, watchers.requests)
    watchers.start()
    try:
        others = ("broker-a-s", "broker-b", "broker-b-s")
        until(lambda: all(name in sight.brokers for name in others))
        first = {name: sight.brokers[name].at for name in others}
        until(lambda: all(sight.brokers[name].at > first[name] for name in others))
        document = json.loads(board.cluster().body)
        assert [one["state"] for one in document["brokers"]] == ["starting", "up", "up", "up"]
        assert "broker-a" not in sight.brokers
    finally:
        watchers.stop()
        cluster.processes["broker-a"].stop()
        until(lambda: not any(thread.name.endswith("(_run)") for thread in threading.enumerate()))


@pytest.mark.usefixtures("lines")
def test_watches_that_run_by_themselves_see_a_death_and_a_return(cluster):
    quick = replace(CONFIGURATION, every_seconds=0.05, request_seconds=SECONDS)
    sight = Sight()
    watchers = Watchers(cluster.plan, quick, sight)
    watchers.start()

    def seen(state: str) -> bool:
        return "broker-b" in sight.brokers and sight.brokers["broker-b"].state == state

    try:
        until(lambda: seen("up"))
        cluster.processes["broker-b"].stop()
        until(lambda: seen("down"))
        cluster.processes["broker-b"].start()
        until(lambda: seen("up"))
    finally:
        watchers.stop()
        until(lambda: not any(thread.name.endswith("(_run)") for thread in threading.enumerate()))


@pytest.mark.parametrize(
    ("at", "step"), [(0.0, 0), (1.99, 0), (2.0, 1), (1_800_000_001.0, 900_000_000)]
)
def test_a_moment_is_in_one_step(at, step):
    assert step_at(at, 2.0) == step
