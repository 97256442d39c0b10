"""Schemes 2m-2s-async and 2m-2s-sync, strict and degrading, on the same stores."""

import time

import pytest

from blueprint.rendering.scripts import render_gate
from tests.support.stacks import planned

pytestmark = pytest.mark.schemes

SEND_OK, FLUSH_SLAVE_TIMEOUT = 0, 12
TOPIC = "kept"
DEGRADED_SECONDS = 60
INDEXED_SECONDS = 30


@pytest.fixture(scope="module")
def cluster(bring_up):
    made = bring_up(servers=2, scheme="2m-2s-async")
    made.hosts.create_topic_by_protocol(TOPIC)
    return made


@pytest.fixture(scope="module")
def sent():
    """The results of all sends to broker-a, whatever it answered."""
    return []


def codes(cluster, sent, count):
    results = cluster.hosts.send("broker-a", TOPIC, count, timeout=6.0)
    sent += results
    return [result.code for result in results]


def assert_both_hold(cluster, count):
    """Check how many messages master and slave hold, once the slave has indexed its own."""
    assert cluster.hosts.count("broker-a", TOPIC) == count
    deadline = time.monotonic() + INDEXED_SECONDS
    while cluster.hosts.count("broker-a-s", TOPIC) < count:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert cluster.hosts.count("broker-a-s", TOPIC) == count


def stop_slave(cluster):
    cluster.hosts.run("server2", "systemctl stop rocketmq-broker-a-s")


def start_slave(cluster):
    cluster.hosts.run("server2", "systemctl start rocketmq-broker-a-s")
    cluster.hosts.wait_in_sync("broker-a")


def test_async_acknowledges_without_a_slave(cluster, sent):
    assert codes(cluster, sent, 10) == [SEND_OK] * 10
    stop_slave(cluster)
    assert codes(cluster, sent, 10) == [SEND_OK] * 10
    start_slave(cluster)
    assert_both_hold(cluster, len(sent))


def test_async_becomes_sync_in_place_and_then_sends_report_a_lost_slave(cluster, sent):
    cluster.change(scheme="2m-2s-sync")
    assert cluster.hosts.broker("broker-a")["role"] == "SYNC_MASTER"
    assert_both_hold(cluster, len(sent))
    assert codes(cluster, sent, 10) == [SEND_OK] * 10
    stop_slave(cluster)
    assert codes(cluster, sent, 3) == [FLUSH_SLAVE_TIMEOUT] * 3
    start_slave(cluster)
    assert codes(cluster, sent, 3) == [SEND_OK] * 3


def test_no_file_of_the_previous_scheme_is_left(cluster):
    for host in ("server1", "server2"):
        files = cluster.hosts.run(host, "find /usr/local/rocketmq/conf -name 'broker*'").split()
        assert len(files) == 2
        assert all(file.startswith("/usr/local/rocketmq/conf/2m-2s-sync/") for file in files)


def test_degrade_continues_alone_and_later_waits_for_its_slave_again(cluster, sent):
    cluster.change(replication="degrade")
    assert codes(cluster, sent, 3) == [SEND_OK] * 3
    cluster.hosts.run("server2", "systemctl kill -s STOP rocketmq-broker-a-s")
    try:
        # Synchronous until the slave is noticed to be gone.
        assert codes(cluster, sent, 1) == [FLUSH_SLAVE_TIMEOUT]
        deadline = time.monotonic() + DEGRADED_SECONDS
        while codes(cluster, sent, 1) != [SEND_OK]:
            assert time.monotonic() < deadline
        assert codes(cluster, sent, 5) == [SEND_OK] * 5
    finally:
        cluster.hosts.run("server2", "systemctl kill -s CONT rocketmq-broker-a-s")
    cluster.hosts.wait_in_sync("broker-a")
    assert codes(cluster, sent, 3) == [SEND_OK] * 3
    assert_both_hold(cluster, len(sent))


def test_a_degrading_master_starts_without_its_slave(cluster, sent):
    stop_slave(cluster)
    cluster.hosts.run("server1", "systemctl restart rocketmq-broker-a")
    deadline = time.monotonic() + 180
    state = "cat /run/rocketmq/broker-a.guard.json"
    while True:
        report = cluster.hosts.run("server1", state, check=False)
        if '"lifted"' in report and "is unreachable" in report:
            break
        assert time.monotonic() < deadline, report
        time.sleep(2)
    assert codes(cluster, sent, 3) == [SEND_OK] * 3
    start_slave(cluster)
    assert_both_hold(cluster, len(sent))


@pytest.mark.parametrize("scheme", ["2m-noslave", "dledger", "controller"])
def test_a_preview_refuses_another_scheme_with_the_reason(cluster, scheme):
    (line,) = cluster.refused(scheme=scheme, replication=None, allowSharedHost=True)
    assert line.startswith(f"- cluster.scheme: cannot change from '2m-2s-sync' to '{scheme}': ")


def test_a_host_refuses_stores_that_another_scheme_left_behind(cluster):
    record = "/usr/local/rocketmq/store/.scheme"
    plan = planned(cluster.clone.cluster())
    gate = render_gate(plan, plan.hosts[0], "root")
    assert cluster.hosts.run("server1", f"cat {record}") == "2m-2s-sync\n"
    assert cluster.hosts.run_script("server1", gate, "check").returncode == 0
    cluster.hosts.run("server1", f"echo 2m-noslave >{record}")
    try:
        refused = cluster.hosts.run_script("server1", gate, "check")
    finally:
        cluster.hosts.run("server1", f"echo 2m-2s-sync >{record}")
    assert refused.returncode != 0
    (line,) = refused.stderr.splitlines()
    assert line.startswith("server1: ")
    assert "holds messages of scheme 2m-noslave" in line
