"""Scheme 2m-noslave, with a proxy and metrics: the loss of one master, and gRPC clients."""

import urllib.request

import pytest

from tests.support.grpc_client import exchange

pytestmark = pytest.mark.schemes

SEND_OK = 0


@pytest.fixture(scope="module")
def cluster(bring_up):
    return bring_up(
        servers=2,
        scheme="2m-noslave",
        metrics=True,
        proxy={"hosts": ["server1", "server2"]},
        heap={"broker": "128MiB"},
    )


def test_the_other_master_accepts_new_messages_when_one_is_lost(cluster):
    hosts = cluster.hosts
    hosts.create_topic_by_protocol("survivor")
    assert [sent.code for sent in hosts.send("broker-b", "survivor", 5)] == [SEND_OK] * 5
    unit = "rocketmq-broker-b"
    hosts.run("server2", f"systemctl kill -s KILL {unit}; systemctl stop {unit}")
    assert [sent.code for sent in hosts.send("broker-a", "survivor", 20)] == [SEND_OK] * 20
    hosts.run("server2", f"systemctl start {unit}")
    cluster.verify()
    assert (hosts.count("broker-a", "survivor"), hosts.count("broker-b", "survivor")) == (20, 5)


def test_slaves_cannot_be_added_until_stores_can_be_seeded(cluster):
    (line,) = cluster.refused(scheme="2m-2s-sync")
    assert "cannot change from '2m-noslave' to '2m-2s-sync'" in line
    assert "seeded" in line
    assert "last file" in line


def test_the_official_python_client_exchanges_messages_through_each_exported_endpoint(
    cluster, tmp_path
):
    endpoints = cluster.hosts.outputs["grpcEndpoints"].split(";")
    assert len(endpoints) == 2
    cluster.hosts.create_topic_by_protocol("through-the-proxy")
    for number, endpoint in enumerate(endpoints):
        done = exchange(endpoint, "through-the-proxy", f"group-{number}", 20, tmp_path)
        assert len(set(done.sent)) == 20
        assert set(done.sent) <= set(done.received)


def test_every_exported_target_serves_metrics_of_its_own_process(cluster):
    targets = cluster.hosts.outputs["metricsTargets"]
    processes = [target["labels"]["process"] for target in targets]
    assert sorted(processes) == ["broker-a", "broker-b", "proxy-server1", "proxy-server2"]
    for target in targets:
        (address,) = target["targets"]
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        assert "rocketmq_" in text
        assert f'instance_id="{target["labels"]["process"]}"' in text
