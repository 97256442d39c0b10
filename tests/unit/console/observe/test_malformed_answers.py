"""A malformed answer affects only the process that sent it."""

from __future__ import annotations

import pytest

from console.api.metrics import render_metrics
from tests.unit.console.stepping import UP


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("bootTimestamp", "soon"),
        ("bootTimestamp", "-1"),
        ("bootTimestamp", "9" * 30),
        ("bootTimestamp", "9" * 400),
        ("bootTimestamp", "9" * 5000),
        ("commitLogMaxOffset", ""),
        ("commitLogDiskRatio", "NaN"),
        ("commitLogDiskRatio", "Infinity"),
        ("msgPutTotalTodayNow", "1.5"),
    ],
)
def test_a_malformed_number_marks_only_its_broker_as_down(stepped, cluster, key, text):
    cluster.states["broker-b-s"].runtime = {key: text}
    stepped.step()
    assert stepped.states() == {**UP, "broker-b-s": "down"}
    (broker,) = [one for one in stepped.document()["brokers"] if one["state"] == "down"]
    assert "unreadable runtime info" in broker["cause"]


@pytest.mark.parametrize("number", [float("inf"), float("nan"), "many", None, [], {}])
def test_an_inventory_with_a_malformed_topic_is_skipped_until_it_is_valid(
    stepped, cluster, number
):
    states = [cluster.states[name] for name in ("broker-a", "broker-a-s")]
    for state in states:
        state.queues = number
    stepped.step()
    assert list(stepped.observed.inventories) == ["broker-b"]
    for state in states:
        state.queues = 4
    stepped.step()
    assert sorted(stepped.observed.inventories) == ["broker-a", "broker-b"]
    assert stepped.states() == UP


def test_a_broker_may_be_drained_without_end(stepped, cluster):
    cluster.states["broker-b"].runtime = {"startAcceptSendRequestTimeStamp": "9" * 400}
    stepped.step()
    assert stepped.states() == UP
    assert [problem["kind"] for problem in stepped.document()["problems"]] == ["drained"]


def test_lone_surrogates_in_names_are_replaced(stepped, cluster):
    odd = "half \ud800 a character"
    cluster.listed[odd] = {"cluster": odd, "brokerName": odd, "brokerAddrs": {0: odd}}
    for state in cluster.states.values():
        state.groups = state.topics = (odd,)
    stepped.step()
    document = stepped.document()
    assert document["brokers"][-1]["name"] == "half ? a character id 0"
    assert document["topics"][0]["name"] == "half ? a character"
    text = render_metrics(stepped.plan, stepped.snapshots.view(), 0)
    assert b'{group="half ? a character"}' in text
