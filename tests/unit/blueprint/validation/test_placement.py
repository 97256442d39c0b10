"""Schemes, groups, brokers, proxies and hosts that cannot be placed: one line each."""

import pytest

from tests.support.refusals import assert_only_line, broker, elected, group
from tests.support.stacks import changed, raw_cluster, ring

GROUPS = "cluster.brokerGroups"
A = "cluster.brokers.broker-a"
PROXY = {"hosts": ["server1"]}


BAD = {
    # Schemes and copies.
    "replication of another scheme": (
        changed(scheme="2m-2s-async", replication="strict"),
        ["cluster.replication: 'strict'", "only for scheme '2m-2s-sync'", "leave it out"],
    ),
    "an unknown replication": (
        changed(replication="eventual"),
        ["cluster.replication: 'eventual'", "use 'strict' or 'degrade'"],
    ),
    **{
        f"{replicas} replicas in {scheme}": (
            elected(scheme, 5, replicas=replicas),
            [
                f"cluster.replicas: {replicas} is not allowed in scheme",
                f"'{scheme}'; write {allowed}",
            ],
        )
        for scheme, replicas, allowed in (
            ("2m-noslave", 2, "1, or leave it out"),
            ("2m-2s-async", 1, "2 or 3"),
            ("2m-2s-sync", 4, "2 or 3"),
            ("dledger", 4, "3 or 5"),
            ("controller", 5, "2 or 3"),
        )
    },
    "replicas that are a word": (
        changed(replicas="two"),
        ["cluster.replicas: 'two' is not a whole number; write one, for example 3"],
    ),
    "replicas that are a truth value": (
        changed(replicas=True),
        ["cluster.replicas: True is not a whole number; write one"],
    ),
    "a group of three on two servers": (
        elected("dledger", 2),
        [
            "cluster.scheme: 'dledger' needs 3 servers or more",
            "has 2; the loss of the server with 2 of them leaves 1 of 3, which elect no master",
            "add servers, or accept that with cluster.allowSharedHost: true",
        ],
    ),
    "a group of five on four servers": (
        elected("dledger", 4, replicas=5),
        [
            "cluster.replicas: 5 of 'dledger'",
            "leaves 3 of 5, which cannot survive another failure",
        ],
    ),
    "master and slave on one server": (
        ring(1, 1),
        ["cluster.scheme: '2m-2s-sync' needs 2 servers", "takes all 2", "add servers"],
    ),
    "three controllers on two servers": (
        elected("controller", 2),
        ["cluster.controllers: 3 need as many servers", "leaves 1 of 3", "allowSharedHost"],
    ),
    "controllers of another scheme": (
        changed(controllers=3),
        ["cluster.controllers: 3 is only for scheme 'controller'", "leave it out"],
    ),
    "an even number of controllers": (
        elected("controller", 4, controllers=4),
        ["cluster.controllers: 4 is not allowed; use 3 or 5"],
    ),
    "a single controller": (
        elected("controller", controllers=1),
        ["cluster.controllers: 1 is not allowed; use 3 or 5"],
    ),
    "a shared host that is neither allowed nor not": (
        changed(allowSharedHost="maybe"),
        ["cluster.allowSharedHost: 'maybe' is neither true nor false; write one of them"],
    ),
    # Groups.
    **{
        f"{number} groups": (
            changed(brokerGroups=number),
            [f"{GROUPS}: {number} is out of range; must be from 1 to 256"],
        )
        for number in (0, -1, 257, 10**9)
    },
    **{
        f"{value!r} for groups": (
            changed(brokerGroups=value),
            [f"{GROUPS}: {value!r} is neither a number of groups nor a list of them; write"],
        )
        for value in (True, "eight", 2.5, None)
    },
    "an object for groups": (
        changed(brokerGroups={"broker-a": 1}),
        [f"{GROUPS}: an object is neither a number of groups nor a list", "[broker-a, broker-b]"],
    ),
    "a number in the list of groups": (
        changed(brokerGroups=["broker-a", 8]),
        [f"{GROUPS}[1]: 8 is not an object; write one with the keys hosts, name, properties"],
    ),
    "a group without a name": (group(name=None), [f"{GROUPS}[0].name: None is not text"]),
    "a group that lacks its name": (
        changed(brokerGroups=[{"hosts": ["server1", "server2"]}]),
        [f"{GROUPS}[0].name: is missing; write it, for example name: broker-a"],
    ),
    "a misspelled key of a group": (
        group(host=["server1"]),
        [f"{GROUPS}[0].host: unknown key with value ['server1']; did you mean hosts?"],
    ),
    "a group on an unknown server": (
        group(hosts=["server1", "server7"]),
        [f"{GROUPS}[0].hosts[1]: 'server7' is not a server; there are server1, server2"],
    ),
    "too few servers for a group": (
        group(hosts=["server1"]),
        [f"{GROUPS}[0].hosts: server1; orders has 2 brokers", "name 2 servers"],
    ),
    "too many servers for a group": (
        group(hosts=["server1", "server2", "server1"]),
        [f"{GROUPS}[0].hosts: server1, server2, server1", "name 2 servers"],
    ),
    "one server twice for a group": (
        group(hosts=["server1", "server1"]),
        [f"{GROUPS}[0].hosts: 'server1' would hold more than one copy", "name another server"],
    ),
    "a server for a list": (
        group(hosts="server1"),
        [f"{GROUPS}[0].hosts: 'server1' is not a list; write one, for example [server1, server2]"],
    ),
    "a group with the unit of a name server": (
        changed(brokerGroups=["namesrv"]),
        [f"{GROUPS}: namesrv ", "rocketmq-namesrv.service", "choose group names"],
    ),
    "a group with the unit of a proxy": (
        changed(brokerGroups=["proxy"], proxy=PROXY),
        [f"{GROUPS}: proxy ", "rocketmq-proxy.service", "choose group names"],
    ),
    "a group that is another's slave": (
        changed(brokerGroups=["broker-a", "broker-a-s"]),
        [f"{GROUPS}: ", "the unit rocketmq-broker-a-s.service", "choose group names"],
    ),
    "a group with the store of another's slave": (
        changed(brokerGroups=["broker-a", "broker-as"]),
        [f"{GROUPS}: ", "/usr/local/rocketmq/store/broker-as", "choose group names"],
    ),
    # Single brokers.
    "an unknown broker": (
        changed(brokers={"broker-b-slave": {"heap": "1GiB"}}),
        ["broker-b-slave: ", "not a broker of this plan; did you mean broker-b-s?"],
    ),
    "a broker's name in capitals": (
        changed(brokers={"Broker-A": {"heap": "1GiB"}}),
        ["cluster.brokers.Broker-A: 'Broker-A' is not allowed; use lower-case letters"],
    ),
    "a broker's heap without a unit": (
        broker(heap=4),
        [f"{A}.heap: 4 has no unit; write it as 512MiB or 4GiB"],
    ),
    "a misspelled key of a broker": (
        broker(hep="1GiB"),
        [f"{A}.hep: unknown key with value '1GiB'; did you mean heap?"],
    ),
    "a size for a broker": (
        changed(brokers={"broker-a": "1GiB"}),
        [f"{A}: '1GiB' is not an object; write one with the keys directMemory, heap"],
    ),
    "a list for brokers": (
        changed(brokers=["broker-a"]),
        ["cluster.brokers: ['broker-a'] is not an object; write one, for example {broker-a-s: "],
    ),
    # Proxies and metrics.
    "a proxy on an unknown server": (
        changed(proxy={"hosts": ["server9"]}),
        ["cluster.proxy.hosts[0]: 'server9' is not a server; there are server1, server2"],
    ),
    "a proxy twice on a server": (
        changed(proxy={"hosts": ["server1", "server1"]}),
        ["cluster.proxy.hosts: 'server1' is named 2 times", "name it once"],
    ),
    "proxies on no server": (
        changed(proxy={"hosts": []}),
        ["cluster.proxy.hosts: [] is empty; write at least one, for example [server1, server2]"],
    ),
    "proxies without servers": (
        changed(proxy={}),
        ["cluster.proxy.hosts: is missing; write it, for example hosts: [server1, server2]"],
    ),
    "a misspelled key of the proxies": (
        changed(proxy={"hosts": ["server1"], "port": 8081}),
        ["cluster.proxy.port: unknown key with value 8081; ", "allowed keys: hosts"],
    ),
    "metrics that are a word": (
        changed(metrics="prometheus"),
        ["cluster.metrics: 'prometheus' is neither true nor false; write one of them"],
    ),
    # Hosts.
    **{
        f"{address!r} for an address": (
            changed(hosts__servers__1__address=address),
            [f"cluster.hosts.servers[1].address: {address!r} is not an IPv4 address; write four"],
        )
        for address in ("fe80::1", "10.98.64.151/24", "", None)
    },
    "an address that nobody can reach": (
        changed("hosts", hosts__servers__0__address=5),
        ["cluster.hosts.servers[0].address: 0.0.0.5 is not reachable", "use the address"],
    ),
    "a truth value for name servers": (
        changed(nameServers=True),
        ["cluster.nameServers: True is not a whole number; write one"],
    ),
    "no hosts": (
        {key: value for key, value in raw_cluster().items() if key != "hosts"},
        ["cluster.hosts: is missing; write it, for example hosts: {provider: …, servers: …}"],
    ),
    "hosts without their provider": (
        changed(hosts={"servers": []}),
        ["cluster.hosts.provider: is missing", "write one of 'nspawn', 'libvirt', 'existing'"],
    ),
    "a number for the version": (
        changed(version=5.3),
        ["cluster.version: 5.3 is not text; write it in quotes"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_in_one_line_with_key_value_and_remedy(what):
    raw, parts = BAD[what]
    assert_only_line(raw, *parts)
