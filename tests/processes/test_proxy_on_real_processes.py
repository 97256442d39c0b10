"""A proxy, its two brokers and its name server; the tests run in file order."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from blueprint.plan.memory import POP_DIRECT_MIB
from remoting.checks.messages import ensure_topic
from remoting.checks.proxies import check_metrics, check_proxy_ready
from remoting.checks.registration import BrokerIdentity, check_broker_registered
from remoting.errors import CheckFailedError
from remoting.plan.plan import PlannedMetrics, PlannedProxy
from remoting.polling import Deadline
from remoting.protocol.connection import Connection
from remoting.requests.messages import read_topic
from tests.processes.instances import (
    BROKER_MAIN,
    NAME_SERVER_MAIN,
    PROXY_MAIN,
    Instance,
    free_base_port,
)
from tests.support.grpc_client import exchange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes
CLUSTER, TOPIC, IP = "DefaultCluster", "through-the-proxy", "127.0.0.1"
START_SECONDS = 60
MESSAGES = 100


@dataclass
class Proxied:
    """One name server, two brokers and a proxy, on the ports that `free_base_port` keeps free.

    A broker also listens on its port - 2 and + 1.
    """

    folder: Path
    rocketmq: Path
    base: int

    def __post_init__(self):
        self.name_server = self._instance(
            "namesrv", NAME_SERVER_MAIN, 3, {"listenPort": str(self.base + 3)}, heap=64
        )
        self.broker = self._broker("broker-a", 0, self._metrics("broker-a", 4))
        self.other_broker = self._broker("broker-b", 8, {})
        proxy = {
            "rocketMQClusterName": CLUSTER,
            "proxyName": "proxy-1",
            "proxyMode": "CLUSTER",
            "namesrvAddr": self.name_server.address,
            "localServeAddr": IP,
            "remotingAccessAddr": IP,
            "grpcServerPort": self.base + 5,
            "remotingListenPort": self.base + 2,
            **self._metrics("proxy-1", 7),
        }
        self.proxy = self._instance("proxy-1", PROXY_MAIN, 5, proxy, heap=64)

    @property
    def instances(self) -> tuple[Instance, ...]:
        return (self.name_server, *self.brokers, self.proxy)

    @property
    def brokers(self) -> tuple[Instance, Instance]:
        return (self.broker, self.other_broker)

    def metrics_of(self, name: str) -> PlannedMetrics:
        port = self.base + {"broker-a": 4, "proxy-1": 7}[name]
        return PlannedMetrics(name, "server1", f"{IP}:{port}")

    def wait_for_brokers(self):
        for instance in self.brokers:
            broker = BrokerIdentity(CLUSTER, instance.home.name, 0, instance.address)
            deadline = Deadline.after(START_SECONDS)
            check_broker_registered([self.name_server.address], broker, deadline, nudge=True)

    def wait_for_proxy(self, seconds: float = START_SECONDS) -> None:
        remoting_address = f"{IP}:{self.base + 2}"
        log = str(self.proxy.output)
        planned = PlannedProxy(
            "proxy-1", "server1", self.proxy.address, "proxy.service", log, remoting_address
        )
        check_proxy_ready(planned, CLUSTER, Deadline.after(seconds))

    def _broker(self, name: str, offset: int, metrics: dict[str, str]) -> Instance:
        store = self.folder / name / "store"
        properties = {
            "brokerClusterName": CLUSTER,
            "brokerName": name,
            "brokerIP1": IP,
            "brokerIP2": IP,
            "listenPort": str(self.base + offset),
            "namesrvAddr": self.name_server.address,
            "storePathRootDir": str(store),
            "storePathCommitLog": str(store / "commitlog"),
            "mappedFileSizeCommitLog": str(64 * 1024 * 1024),
            "flushDiskType": "ASYNC_FLUSH",
            "autoCreateTopicEnable": "false",
            **metrics,
        }
        instance = self._instance(name, BROKER_MAIN, offset, properties, heap=128)
        return replace(instance, direct_megabytes=POP_DIRECT_MIB)

    def _instance(self, name, main_class, offset, properties, heap) -> Instance:
        address = f"{IP}:{self.base + offset}"
        return Instance(self.folder / name, self.rocketmq, main_class, address, properties, heap)

    def _metrics(self, name: str, offset: int) -> dict[str, str]:
        return {
            "metricsExporterType": "PROM",
            "metricsPromExporterHost": IP,
            "metricsPromExporterPort": str(self.base + offset),
            "metricsLabel": f"instance_id:{name}",
        }


@pytest.fixture(scope="module")
def proxied(rocketmq: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    made = Proxied(tmp_path_factory.mktemp("proxied"), rocketmq, free_base_port())
    try:
        yield made
    finally:
        for instance in made.instances:
            instance.kill()


def test_a_proxy_that_finds_no_broker_ends_with_an_error_so_that_its_unit_starts_it_again(proxied):
    proxied.name_server.start()
    proxied.proxy.start()
    assert proxied.proxy.process.wait(timeout=START_SECONDS) == 1
    assert "create system broadcast topic" in proxied.proxy.output.read_text()


def test_a_proxy_that_starts_after_its_brokers_becomes_ready(proxied):
    for broker in proxied.brokers:
        broker.start()
    proxied.wait_for_brokers()
    proxied.proxy.start()
    proxied.wait_for_proxy()


def test_the_official_client_loses_no_message_though_topics_are_not_created_automatically(
    proxied, tmp_path
):
    for broker in proxied.brokers:
        ensure_topic(broker.address, TOPIC, 5.0, queues=4)
    done = exchange(proxied.proxy.address, TOPIC, "group-1", MESSAGES, tmp_path)
    assert len(set(done.sent)) == MESSAGES
    assert sorted(set(done.received)) == sorted(done.sent)
    stored = []
    for broker in proxied.brokers:
        with Connection(broker.address) as connection:
            stored.append(len(list(read_topic(connection, TOPIC))))
    assert sum(stored) == MESSAGES
    assert all(stored), stored


def test_pops_leave_the_brokers_memory_outside_its_heap(proxied):
    """The previous test made each of its threads allocate what it keeps."""
    for broker in proxied.brokers:
        log = broker.home / "logs" / "rocketmqlogs" / "pop.log"
        assert log.stat().st_size > 0
        assert "OutOfMemoryError" not in log.read_text()


def test_the_client_writes_its_log_where_the_test_says(proxied, tmp_path):
    exchange(proxied.proxy.address, TOPIC, "group-2", 1, tmp_path)
    assert (tmp_path / "logs" / "rocketmq_python" / "rocketmq_client.log").is_file()


@pytest.mark.parametrize(
    ("name", "metric"),
    [("broker-a", "rocketmq_messages_in_total"), ("proxy-1", "rocketmq_proxy_up")],
)
def test_metrics_are_labeled_with_their_process(proxied, name, metric):
    metrics = proxied.metrics_of(name)
    assert int(check_metrics(metrics, Deadline.after(START_SECONDS)).split()[0]) > 0
    with urllib.request.urlopen(f"http://{metrics.address}/metrics", timeout=10) as answer:
        lines = [line for line in answer.read().decode().splitlines() if line.startswith(metric)]
    assert lines
    assert all(f'instance_id="{name}"' in line for line in lines)


def test_a_proxy_is_not_ready_while_its_name_server_is_dead_and_is_again_afterwards(
    proxied,
):
    proxied.name_server.kill()
    expected = "it reaches no name server, and only has the routes it had"
    with pytest.raises(CheckFailedError, match=expected):
        proxied.wait_for_proxy(seconds=2)
    proxied.name_server.start()
    proxied.wait_for_brokers()
    proxied.wait_for_proxy()
