"""Scheme controller: three controllers, and two groups of two replicas, on three hosts."""

import pytest

from tests.schemes.election import ELECTED_SECONDS, GROUP, TOPIC, elect_and_count, name_servers_of
from tests.support.numbered_producer import NumberedProducer

pytestmark = pytest.mark.schemes


@pytest.fixture(scope="module")
def cluster(bring_up):
    return bring_up(servers=3, scheme="controller", metrics=True)


def test_after_a_killed_master_the_next_one_has_every_acknowledged_message(
    cluster, record_property
):
    gap = elect_and_count(cluster)
    record_property("seconds without an acknowledged message", round(gap, 1))
    assert gap < ELECTED_SECONDS


def test_sends_continue_after_the_loss_of_a_controller(cluster):
    cluster.hosts.run("server1", "systemctl stop rocketmq-controller")
    with NumberedProducer(name_servers_of(cluster.hosts), GROUP, TOPIC) as producer:
        producer.wait_for(20, 60)
    cluster.hosts.run("server1", "systemctl start rocketmq-controller")
    cluster.verify()
