"""Settings that would silently break what the cluster promises are refused."""

import pytest

from blueprint.errors import SettingsError
from tests.support.stacks import changed, settings_of


def problem_of(**changes):
    with pytest.raises(SettingsError) as refused:
        settings_of(changed(**changes))
    (problem,) = refused.value.problems
    assert "\n" not in problem
    return problem


@pytest.mark.parametrize(
    "name",
    [
        "duplicationEnable",
        "enableDLegerCommitLog",
        "enableControllerMode",
        "enableSlaveActingMaster",
        "startAcceptSendRequestTimeStamp",
        "bindAddress",
    ],
)
def test_a_property_that_changes_replication_is_refused(name):
    problem = problem_of(brokerProperties={name: "true"})
    assert problem.startswith(f"cluster.brokerProperties.{name}: 'true' cannot be set here")


def test_properties_of_metrics_are_refused_in_favor_of_cluster_metrics():
    problem = problem_of(brokerProperties={"metricsExporterType": "PROM"})
    assert problem.endswith("it follows from cluster.metrics")


def test_a_password_is_refused_and_not_repeated():
    problem = problem_of(brokerProperties={"initAuthenticationUser": '{"password":"s3cret"}'})
    assert problem.startswith("cluster.brokerProperties.initAuthenticationUser: ")
    assert "s3cret" not in problem


@pytest.mark.parametrize("value", ["1s 5s\\", "caf\u00e9"])
def test_text_that_java_would_change_is_refused(value):
    problem = problem_of(brokerProperties={"messageDelayLevel": value})
    assert problem.startswith("cluster.brokerProperties.messageDelayLevel: ")


@pytest.mark.parametrize(
    ("groups", "shared"),
    [
        (["broker-a", "broker-a-s"], "the unit rocketmq-broker-a-s.service"),
        (["broker-a", "broker-as"], "the store /usr/local/rocketmq/store/broker-as"),
        (["namesrv", "broker-b"], "the unit rocketmq-namesrv.service"),
    ],
)
def test_group_names_that_would_share_a_unit_or_a_store_are_refused(groups, shared):
    with pytest.raises(SettingsError) as refused:
        settings_of(changed(brokerGroups=groups))
    lines = [line for line in refused.value.problems if shared in line]
    assert len(lines) == 1
    assert lines[0].startswith("cluster.brokerGroups: ")


def test_too_little_direct_memory_is_refused():
    with pytest.raises(SettingsError) as refused:
        settings_of(changed(heap={"brokerDirect": "1MiB"}))
    (line,) = refused.value.problems
    assert line.startswith("cluster.heap.brokerDirect: 1 MiB ")
    assert "write 192MiB or more" in line
