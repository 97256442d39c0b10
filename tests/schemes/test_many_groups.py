"""Eight groups of scheme 2m-2s-sync on four hosts: sixteen brokers in one update."""

from collections import Counter

import pytest

pytestmark = pytest.mark.schemes

SEND_OK = 0


@pytest.fixture(scope="module")
def cluster(bring_up):
    return bring_up(servers=4, scheme="2m-2s-sync", brokerGroups=8)


def test_sixteen_brokers_are_spread_evenly_and_each_group_accepts_messages(cluster):
    hosts = cluster.hosts
    brokers = hosts.outputs["brokers"]
    assert Counter(broker["host"] for broker in brokers) == dict.fromkeys(
        ("server1", "server2", "server3", "server4"), 4
    )
    hosts.create_topic_by_protocol("spread")
    for master in hosts.masters:
        assert [sent.code for sent in hosts.send(master, "spread", 3)] == [SEND_OK] * 3
        slave = hosts.broker(f"{master}-s")
        assert slave["host"] != hosts.broker(master)["host"]


def test_a_second_up_changes_nothing(cluster):
    done = cluster.clone.pulumi("up --yes --skip-preview --expect-no-changes")
    assert done.returncode == 0, done.stdout
