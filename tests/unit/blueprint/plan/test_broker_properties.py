"""The spec holds each broker's effective properties; its file holds exactly those."""

import pytest

from blueprint.rendering.processes import render_configuration
from blueprint.rocketmq.schemes import Scheme
from tests.support.stacks import changed, planned, raw_cluster, ring


def properties_of(raw):
    return {broker.name: broker.properties for broker in planned(raw).brokers}


def test_a_default_is_effective_where_no_override_is_given():
    for properties in properties_of(raw_cluster()).values():
        assert properties["fileReservedTime"] == "48"


def test_a_brokers_override_wins_over_its_groups_and_that_over_the_clusters():
    raw = changed(
        brokerProperties={"fileReservedTime": 72},
        brokerGroups=[
            {"name": "broker-a", "properties": {"fileReservedTime": 96}},
            "broker-b",
        ],
        brokers={"broker-a-s": {"properties": {"fileReservedTime": 120}}},
    )
    found = {name: p["fileReservedTime"] for name, p in properties_of(raw).items()}
    assert found == {"broker-a": "96", "broker-a-s": "120", "broker-b": "72", "broker-b-s": "72"}


def test_an_override_wins_over_what_the_plan_sets_for_its_scheme():
    raw = ring(1, 3, scheme="controller", brokerProperties={"registerNameServerPeriod": 30000})
    for properties in properties_of(raw).values():
        assert properties["registerNameServerPeriod"] == "30000"


@pytest.mark.parametrize("scheme", Scheme)
def test_a_brokers_file_holds_its_effective_properties_and_nothing_else(scheme):
    overrides = {"traceTopicEnable": True, "registerNameServerPeriod": 20000, "slaveTimeout": 1500}
    raw = ring(2, 3, scheme=scheme.value, brokerProperties=overrides, metrics=True)
    cluster = planned({**raw, "proxy": {"hosts": ["server1"]}})
    for broker in cluster.brokers:
        text = render_configuration(cluster, broker)
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert sorted(lines) == sorted(f"{k}={v}" for k, v in broker.properties.items())


def test_slave_timeout_is_omitted_in_scheme_dledger():
    raw = ring(1, 3, scheme="dledger", brokerProperties={"slaveTimeout": 1500})
    for properties in properties_of(raw).values():
        assert "slaveTimeout" not in properties
