from __future__ import annotations

from typing import Any

import pytest

from console.compare.inventory import permission_text, view_consumer_groups, view_topics
from console.observe.state import Inventory
from console.observe.system_names import topic_kind
from remoting.requests.admin import TopicConfig
from remoting.requests.inventory import Consumption

OWN = frozenset({"DefaultCluster", "broker-a"})


def inventory(**changes: Any) -> Inventory:
    defaults: dict[str, Any] = {
        "topics": {},
        "groups": (),
        "consumptions": (),
        "ends": {},
        "clients": {},
    }
    return Inventory(**{**defaults, **changes})


def test_the_queues_of_a_topic_are_summed_over_broker_groups():
    held = {
        "broker-b": inventory(topics={"Orders": TopicConfig(4, 2, 6)}),
        "broker-a": inventory(topics={"Orders": TopicConfig(8, 8, 4)}),
    }
    (topic,) = view_topics(held, OWN)
    assert (topic["readQueues"], topic["writeQueues"]) == (12, 10)
    assert [one["group"] for one in topic["route"]] == ["broker-a", "broker-b"]


def test_topics_of_users_come_first_then_by_name():
    names = ["%RETRY%readers", "Orders", "TBW102", "Bills", "broker-a", "%DLQ%readers"]
    held = {"broker-a": inventory(topics=dict.fromkeys(names, TopicConfig(1, 1, 6)))}
    shown = [(topic["name"], topic["kind"]) for topic in view_topics(held, OWN)]
    assert shown == [
        ("Bills", "normal"),
        ("Orders", "normal"),
        ("%DLQ%readers", "deadLetter"),
        ("%RETRY%readers", "retry"),
        ("TBW102", "system"),
        ("broker-a", "system"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rmq_sys_wheel_timer", "system"),
        ("RMQ_SYS_TRANS_HALF_TOPIC", "system"),
        ("DefaultCluster_REPLY_TOPIC", "system"),
        ("DefaultCluster", "system"),
        ("Rmq_sys_mine", "normal"),
        ("RETRY%mine", "normal"),
    ],
)
def test_topics_are_classified_by_name(name, kind):
    assert topic_kind(name, OWN) == kind


@pytest.mark.parametrize(
    ("permission", "text"), [(6, "RW"), (4, "R"), (2, "W"), (0, "-"), (7, "RW"), (1, "-")]
)
def test_permissions_are_shown_as_letters(permission, text):
    assert permission_text(permission) == text


def test_the_lag_of_a_topic_is_summed_over_broker_groups():
    first = inventory(
        groups=("readers",),
        consumptions=(Consumption("readers", "Orders", {0: 7, 1: 10}),),
        ends={"Orders": {0: 10, 1: 10}},
    )
    second = inventory(
        groups=("readers",),
        consumptions=(
            Consumption("readers", "Orders", {0: 0}),
            Consumption("readers", "Bills", {0: 4}),
        ),
        ends={"Orders": {0: 5}, "Bills": {0: 6}},
    )
    (group,) = view_consumer_groups([first, second])
    assert group["topics"] == [{"topic": "Orders", "lag": 8}, {"topic": "Bills", "lag": 2}]
    assert group["lag"] == 10


def test_a_topic_whose_end_is_unknown_has_no_lag():
    held = inventory(
        groups=("readers",),
        consumptions=(
            Consumption("readers", "Orders", {0: 7}),
            Consumption("readers", "Bills", {0: 1, 5: 9}),
        ),
        ends={"Bills": {0: 3}},
    )
    (group,) = view_consumer_groups([held])
    assert group["topics"] == [{"topic": "Bills", "lag": 2}]


def test_a_group_ahead_of_an_older_end_has_no_lag():
    held = inventory(
        groups=("readers",),
        consumptions=(Consumption("readers", "Orders", {0: 12, 1: 3}),),
        ends={"Orders": {0: 10, 1: 4}},
    )
    (group,) = view_consumer_groups([held])
    assert group["lag"] == 1


def test_groups_with_the_largest_lag_come_first():
    held = inventory(
        groups=("a", "b", "c"),
        consumptions=(Consumption("c", "Orders", {0: 1}), Consumption("b", "Orders", {0: 1})),
        ends={"Orders": {0: 9}},
    )
    assert [group["name"] for group in view_consumer_groups([held])] == ["b", "c", "a"]


def test_system_groups_are_left_out():
    held = inventory(
        groups=("readers",),
        consumptions=(Consumption("CID_RMQ_SYS_TRANS", "Orders", {0: 0}),),
        ends={"Orders": {0: 10}},
    )
    assert [group["name"] for group in view_consumer_groups([held])] == ["readers"]


def test_a_client_connected_to_several_brokers_is_counted_once():
    parts = [inventory(groups=("readers",), clients={"readers": count}) for count in (2, 3)]
    (group,) = view_consumer_groups(parts)
    assert group["clients"] == 3


def test_the_clients_of_a_group_are_unknown_until_queried():
    (group,) = view_consumer_groups([inventory(groups=("readers",))])
    assert group["clients"] is None
