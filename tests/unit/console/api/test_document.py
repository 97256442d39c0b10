from __future__ import annotations

import json
from typing import Any

import pytest

from console.api.document import cluster_document
from console.compare.cluster import view_cluster
from console.compare.inventory import MAX_SHOWN
from console.observe.state import SILENT, Inventory, Observation, ObservedState
from remoting.plan.plan import parse_plan
from remoting.requests.admin import TopicConfig
from remoting.requests.inventory import Consumption
from remoting.verification.report import parse_report
from tests.unit.console.observed import (
    AT,
    CONFIGURATION,
    REPORT,
    change,
    healthy,
    list_group,
    mark_down,
)
from tests.unit.console.openapi import faults_in
from tests.unit.console.problem_cases import PROBLEM_CASES, with_proxy
from tests.unit.remoting.plans import controller_plan, dledger_plan, seed_plan


def inventory(topics: int = 1, groups: int = 1) -> Inventory:
    names = tuple(f"readers-{number:04}" for number in range(groups))
    return Inventory(
        topics={f"Orders-{number:04}": TopicConfig(4, 4, 6) for number in range(topics)},
        groups=names,
        consumptions=tuple(Consumption(name, "Orders-0000", {0: 1}) for name in names),
        ends={"Orders-0000": {0: 5}},
        clients=dict.fromkeys(names[:1], 2),
    )


def document_of(
    plan: dict[str, Any], observed: ObservedState | None = None, at: float = AT
) -> Any:
    parsed = parse_plan(plan)
    state = healthy(parsed) if observed is None else observed
    view = view_cluster(parsed, CONFIGURATION, state, (parse_report(json.dumps(REPORT)),), at)
    # As a client parses it.
    return json.loads(json.dumps(cluster_document(parsed, CONFIGURATION, view)))


def busy() -> ObservedState:
    observed = healthy(parse_plan(seed_plan()))
    observed.inventories["broker-a"] = inventory()
    for step in (1, 2, 4, 5):
        observed.rates["broker-a"].add(
            int(AT // 2) - 6 + step, AT - 12 + 2 * step, 33 * step, step
        )
    return observed


def broker_of(document: Any, name: str) -> Any:
    return next(one for one in document["brokers"] if one["name"] == name)


PLANS = [seed_plan(), dledger_plan(), controller_plan(), with_proxy()]


@pytest.mark.parametrize("plan", PLANS)
def test_a_healthy_cluster_conforms_to_the_schema(plan):
    assert faults_in(document_of(plan)) == []


@pytest.mark.parametrize("plan", PLANS)
def test_a_cluster_that_was_not_polled_conforms_to_the_schema(plan):
    document = document_of(plan, ObservedState())
    assert faults_in(document) == []
    assert (document["state"], document["observedAt"]) == ("starting", None)


@pytest.mark.parametrize(("kind", "_", "plan", "fault"), PROBLEM_CASES)
def test_a_cluster_with_a_problem_conforms_to_the_schema(kind, _, plan, fault):
    observed = healthy(parse_plan(plan))
    fault(observed)
    document = document_of(plan, observed)
    assert faults_in(document) == []
    assert kind in {problem["kind"] for problem in document["problems"]}


@pytest.mark.parametrize("plan", PLANS)
def test_a_silent_cluster_conforms_to_the_schema(plan):
    observed = healthy(parse_plan(plan))
    for observations in (
        observed.name_servers,
        observed.controllers,
        observed.proxies,
        observed.brokers,
    ):
        observations.update(
            {name: Observation(AT, SILENT, "no answer within 1.0 s") for name in observations}
        )
    document = document_of(plan, observed)
    assert faults_in(document) == []
    assert document["state"] == "dead"


def test_topics_groups_and_rates_conform_to_the_schema():
    document = document_of(seed_plan(), busy())
    assert faults_in(document) == []
    assert document["topics"][0]["route"] == [
        {"group": "broker-a", "readQueues": 4, "writeQueues": 4, "permission": "RW"}
    ]
    assert document["consumerGroups"] == [
        {
            "name": "readers-0000",
            "clients": 2,
            "lag": 4,
            "topics": [{"topic": "Orders-0000", "lag": 4}],
        }
    ]
    assert document["history"]["brokers"]["broker-a"]["in"] == [16.5, None, 16.5, 16.5]
    assert broker_of(document, "broker-a")["outPerSecond"] == 0.5


def test_the_schema_rejects_extra_and_missing_keys():
    document = document_of(seed_plan())
    document["more"] = 1
    del document["brokers"][0]["lagBytes"]
    assert len(faults_in(document)) == 2


def test_topics_and_groups_beyond_the_limit_are_counted():
    observed = healthy(parse_plan(seed_plan()))
    observed.inventories["broker-a"] = inventory(MAX_SHOWN + 3, MAX_SHOWN + 5)
    document = document_of(seed_plan(), observed)
    shown = (len(document["topics"]), len(document["consumerGroups"]))
    assert shown == (MAX_SHOWN, MAX_SHOWN)
    assert (document["topicsLeftOut"], document["consumerGroupsLeftOut"]) == (3, 5)


def test_times_are_in_utc_to_the_millisecond():
    document = document_of(seed_plan(), at=AT + 0.25)
    assert document["servedAt"] == "2027-01-15T08:00:00.250Z"
    assert document["observedAt"] == "2027-01-15T08:00:00.000Z"
    broker = broker_of(document, "broker-a")
    assert (broker["startedAt"], broker["uptimeSeconds"]) == ("2027-01-15T07:00:00.000Z", 3600)


def test_the_uptime_of_a_broker_whose_clock_is_ahead_is_not_negative():
    observed = healthy(parse_plan(seed_plan()))
    change(observed, "broker-a", booted_at=AT + 50)
    assert broker_of(document_of(seed_plan(), observed), "broker-a")["uptimeSeconds"] == 0


def test_a_lost_broker_keeps_only_what_is_planned():
    observed = busy()
    mark_down(observed, "broker-a")
    document = document_of(seed_plan(), observed)
    broker = broker_of(document, "broker-a")
    assert (broker["host"], broker["plannedRole"]) == ("server1", "SYNC_MASTER")
    keys = ("role", "version", "startedAt", "uptimeSeconds", "inPerSecond", "isDrained")
    assert [broker[key] for key in keys] == [None] * 6
    assert broker["cause"] == "Connection refused"


def test_a_name_server_shows_how_many_planned_brokers_it_lists():
    observed = healthy(parse_plan(seed_plan()))
    list_group(observed, "broker-a", {0: "10.0.0.11:10911"}, "namesrv-2")
    listed = [one["listed"] for one in document_of(seed_plan(), observed)["nameServers"]]
    assert listed == [4, 3]


def test_one_controller_leads():
    leaders = [one["leader"] for one in document_of(controller_plan())["controllers"]]
    assert leaders == [True, False, False]


def test_the_current_step_is_not_in_the_history():
    observed = healthy(parse_plan(seed_plan()))
    step = int(AT // 2)
    for back in (2, 1, 0):
        observed.rates["broker-a"].add(step - back, AT - 2 * back, 100 - 20 * back, 0)
    history = document_of(seed_plan(), observed)["history"]
    assert history == {
        "stepSeconds": 2.0,
        "brokers": {
            "broker-a": {"in": [10.0], "out": [0.0]},
            **{name: {"in": [], "out": []} for name in ("broker-a-s", "broker-b", "broker-b-s")},
        },
    }


def test_the_last_verification_is_shown_with_its_checks():
    (report,) = document_of(seed_plan())["verification"]
    (process,) = report["processes"]
    assert (report["host"], report["isOk"], report["seconds"]) == ("server1", True, 1.5)
    assert process["checks"] == [
        {"check": "registered", "isOk": True, "detail": "by 2", "milliseconds": 3.5}
    ]
