"""Ports, memory and properties that do not fit: one line each."""

import pytest

from tests.support.refusals import assert_only_line, broker, elected, group
from tests.support.stacks import changed, ring

GROUPS = "cluster.brokerGroups"
A = "cluster.brokers.broker-a"
PROXY = {"hosts": ["server1"]}


BAD = {
    # Ports.
    "one port for both of a proxy": (
        changed(proxy=PROXY, ports={"proxyGrpc": 8082}),
        ["cluster.ports: proxy-server1 (grpc) and proxy-server1 (remoting)", "8082", "proxyGrpc"],
    ),
    "a proxy's port that is a name server's": (
        changed(proxy=PROXY, ports={"proxyRemoting": 9876}),
        ["cluster.ports: namesrv-server1 (listen) and proxy-server1", "cluster.ports.nameServer"],
    ),
    "a proxy's port that a broker takes": (
        changed(proxy=PROXY, ports={"proxyGrpc": 10909}),
        ["broker-a (fast) and proxy-server1 (grpc)", "a broker takes listenPort-2", "choose"],
    ),
    "metrics on a proxy's port": (
        changed(proxy=PROXY, metrics=True, ports={"metrics": 5556}),
        ["(metrics) and proxy-server1 (metrics)", "5556", "cluster.ports.proxyMetrics"],
    ),
    "metrics of controllers on those of brokers": (
        elected("controller", metrics=True, ports={"controllerMetrics": 5557}),
        ["controller-server1 (metrics) and broker-0-n0 (metrics)", "5557", "further apart"],
    ),
    "a port of dledger that is listenPort": (
        elected("dledger", ports={"dledger": 10911}),
        ["broker-0-n0 (listen) and broker-0-n0 (dledger)", "cluster.ports.dledger"],
    ),
    "a controller on a name server's port": (
        elected("controller", ports={"controller": 9876}),
        ["namesrv-server1 (listen) and controller-server1 (listen)", "9876", "further apart"],
    ),
    "a port that only root may take": (
        changed(proxy=PROXY, ports={"proxyGrpc": 443}),
        ["cluster.ports: proxy-server1 would take port 443", "allowed are 1024 to 65535"],
    ),
    "a port of what we do not run": (
        changed(ports={"exporter": 8080}),
        ["cluster.ports.exporter: unknown key with value 8080", "allowed keys: console"],
    ),
    "a truth value for a port": (
        changed(ports={"master": True}),
        ["cluster.ports.master: True is not a whole number; write one"],
    ),
    "more groups than ports": (
        ring(60, 2),
        [
            "cluster.ports: broker-58-s would take port 69912",
            "smaller cluster.ports.step, or more",
        ],
    ),
    # Memory.
    "a broker's heap that does not fit": (
        broker(heap="64GiB"),
        ["cluster.hosts.servers[0].memory: server1's 4096 MiB", "67264 MiB", "cluster.brokers"],
    ),
    "a broker's heap too small": (
        broker(heap="64MiB"),
        [f"{A}.heap: 64 MiB is too little", "write 128MiB or more, or leave it out"],
    ),
    "a broker's direct memory too small": (
        broker(directMemory="32MiB"),
        [f"{A}.directMemory: 32 MiB is too little", "write 192MiB or more, or leave it out"],
    ),
    **{
        f"too little for {key}": (
            changed(heap={key: "8MiB"}),
            [f"cluster.heap.{key}: 8 MiB is too little", f"write {least}MiB or more"],
        )
        for key, least in (
            ("nameServer", 64),
            ("controller", 64),
            ("brokerDirect", 192),
            ("proxy", 64),
            ("proxyDirect", 96),
        )
    },
    # Properties of a group, and of a broker.
    "a misspelled property of a group": (
        group(properties={"fileReservedTim": 48}),
        [f"{GROUPS}[0].properties.fileReservedTim: '48'", "did you mean fileReservedTime?"],
    ),
    "a property of a broker in the wrong case": (
        broker(properties={"FILERESERVEDTIME": 48}),
        [f"{A}.properties.FILERESERVEDTIME: '48'", "did you mean fileReservedTime?"],
    ),
    "an address in the wrong case": (
        broker(properties={"brokerip1": "10.98.64.9"}),
        [f"{A}.properties.brokerip1: '10.98.64.9'", "did you mean brokerIP1?"],
    ),
    "a word for a number of a group": (
        group(properties={"fileReservedTime": "long"}),
        [f"{GROUPS}[0].properties.fileReservedTime: 'long' is not a whole number; write one"],
    ),
    "a member that the property does not have": (
        broker(properties={"flushDiskType": "SYNC"}),
        [f"{A}.properties.flushDiskType: 'SYNC'", "use ASYNC_FLUSH or SYNC_FLUSH"],
    ),
    "a blank at the end of a property of a broker": (
        broker(properties={"flushDiskType": "SYNC_FLUSH "}),
        [
            f"{A}.properties.flushDiskType: 'SYNC_FLUSH '",
            "without backslashes, line breaks and blanks at the ends",
        ],
    ),
    "an object for a property": (
        group(properties={"fileReservedTime": {"hours": 48}}),
        [f"{GROUPS}[0].properties.fileReservedTime: an object is not text"],
    ),
    "a list for the properties of a group": (
        group(properties=["fileReservedTime=48"]),
        [
            f"{GROUPS}[0].properties: ['fileReservedTime=48'] is not an object",
            "for example {fileRes",
        ],
    ),
    "a list for the properties of all": (
        changed(brokerProperties=["deleteWhen=04"]),
        ["cluster.brokerProperties: ['deleteWhen=04'] is not an object", "example {deleteW"],
    ),
    **{
        f"{name}, which the plan decides": (
            broker(properties={name: value}),
            [f"{A}.properties.{name}: ", f"leave it out, it follows from {decides}"],
        )
        for name, value, decides in (
            ("metricsExporterType", "PROM", "cluster.metrics"),
            ("metricsPromExporterPort", 5557, "cluster.metrics"),
            ("metricsPromExporterHost", "10.98.64.9", "cluster.metrics"),
            ("enableDLegerCommitLog", True, "cluster.scheme"),
            ("dLegerPeers", "n0-10.98.64.9:40911", "cluster.scheme"),
            ("dLegerSelfId", "n0", "cluster.scheme"),
            ("minInSyncReplicas", 1, "cluster.scheme and cluster.replication"),
            ("controllerAddr", "10.98.64.9:9878", "cluster.scheme"),
            ("brokerIP1", "10.98.64.9", "cluster.hosts"),
        )
    },
}


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_in_one_line_with_key_value_and_remedy(what):
    raw, parts = BAD[what]
    assert_only_line(raw, *parts)
