"""Which host runs what, where its data and ports are, for many sizes of cluster."""

from collections import Counter
from itertools import pairwise

import pytest

from tests.support.stacks import planned, raw_cluster, ring

SIZES = [(groups, hosts) for groups in (1, 2, 3, 4, 5, 8, 13, 21, 40) for hosts in (2, 3, 4, 5, 7)]
by_size = pytest.mark.parametrize(("groups", "hosts"), SIZES)


def _layout(cluster):
    return {
        broker.name: (
            broker.group,
            broker.broker_id,
            broker.host.name,
            broker.ports,
            broker.paths,
        )
        for broker in cluster.brokers
    }


@by_size
def test_a_slave_never_shares_a_host_with_its_master(groups, hosts):
    cluster = planned(ring(groups, hosts))
    assert len(cluster.masters) == len(cluster.slaves) == groups
    for master in cluster.masters:
        (slave,) = cluster.slaves_of(master)
        assert slave.host != master.host


@by_size
def test_appending_a_group_moves_no_other_group_port_or_directory(groups, hosts):
    before, after = (
        _layout(planned(ring(groups, hosts))),
        _layout(planned(ring(groups + 1, hosts))),
    )
    assert after.keys() - before.keys() == {f"broker-{groups}", f"broker-{groups}-s"}
    assert {name: after[name] for name in before} == before


@by_size
def test_no_two_processes_of_a_host_share_a_port(groups, hosts):
    cluster = planned(ring(groups, hosts))
    for host in cluster.hosts:
        taken = Counter(port for p in cluster.services_on(host) for port in p.ports)
        assert {port: count for port, count in taken.items() if count > 1} == {}


@by_size
def test_every_broker_has_its_three_ports_within_the_range(groups, hosts):
    for broker in planned(ring(groups, hosts)).brokers:
        listen = broker.port
        assert tuple(broker.ports) == (listen - 2, listen, listen + 1)
        assert broker.address == f"{broker.host.address}:{listen}"
        assert min(broker.ports) >= 1024
        assert max(broker.ports) <= 65535


@by_size
def test_no_two_brokers_share_a_store_a_properties_file_or_a_unit(groups, hosts):
    brokers = planned(ring(groups, hosts)).brokers
    for place in ("store", "commit_log", "conf_file", "unit_file", "user_home", "started_from"):
        assert len({getattr(broker.paths, place) for broker in brokers}) == len(brokers)


@by_size
def test_masters_are_spread_over_the_hosts_evenly(groups, hosts):
    cluster = planned(ring(groups, hosts))
    for kind in (cluster.masters, cluster.slaves):
        counts = Counter(broker.host.name for broker in kind)
        numbers = [counts[host.name] for host in cluster.hosts]
        assert max(numbers) - min(numbers) <= 1


@pytest.mark.parametrize(("servers", "hosts"), [(1, 2), (2, 2), (2, 3), (3, 5), (5, 5)])
def test_a_name_server_runs_on_each_of_the_first_hosts(servers, hosts):
    cluster = planned(ring(2, hosts, nameServers=servers))
    assert [s.host.name for s in cluster.name_servers] == [
        f"server{n}" for n in range(1, servers + 1)
    ]
    assert cluster.name_server_list == ";".join(
        f"10.98.64.{n + 100}:9876" for n in range(1, servers + 1)
    )


def test_two_groups_on_two_hosts_are_placed_crosswise():
    cluster = planned(raw_cluster())
    assert {b.name: (b.host.name, b.address, b.broker_id) for b in cluster.brokers} == {
        "broker-a": ("server1", "10.98.64.151:10911", 0),
        "broker-a-s": ("server2", "10.98.64.152:11911", 1),
        "broker-b": ("server2", "10.98.64.152:10911", 0),
        "broker-b-s": ("server1", "10.98.64.151:11911", 1),
    }


def test_each_host_of_the_layout_runs_one_name_server_one_master_and_one_slave():
    cluster = planned(raw_cluster())
    assert {h.name: [p.name for p in cluster.services_on(h)] for h in cluster.hosts} == {
        "server1": ["namesrv-server1", "broker-a", "broker-b-s", "console"],
        "server2": ["namesrv-server2", "broker-b", "broker-a-s"],
    }


def test_the_stores_are_those_that_the_layout_names():
    stores = {b.name: str(b.paths.store) for b in planned(raw_cluster()).brokers}
    assert stores == {
        "broker-a": "/usr/local/rocketmq/store/broker-a",
        "broker-a-s": "/usr/local/rocketmq/store/broker-as",
        "broker-b": "/usr/local/rocketmq/store/broker-b",
        "broker-b-s": "/usr/local/rocketmq/store/broker-bs",
    }
    for broker in planned(raw_cluster()).brokers:
        assert str(broker.paths.commit_log) == f"{stores[broker.name]}/commitlog"


def test_the_properties_are_where_rocketmq_keeps_those_of_the_scheme():
    assert [str(b.paths.conf_file) for b in planned(raw_cluster()).brokers] == [
        f"/usr/local/rocketmq/conf/2m-2s-sync/{name}.properties"
        for name in ("broker-a", "broker-a-s", "broker-b", "broker-b-s")
    ]


def test_no_store_is_inside_an_unpacked_version_or_another_store():
    stores = sorted(str(b.paths.store) + "/" for b in planned(ring(12, 3)).brokers)
    assert [s for s in stores if s.startswith("/usr/local/rocketmq/versions")] == []
    assert [(a, b) for a, b in pairwise(stores) if b.startswith(a)] == []


def test_a_group_may_name_its_own_hosts():
    raw = ring(1, 3)
    raw["brokerGroups"] = [{"name": "orders", "hosts": ["server3", "server1"]}]
    cluster = planned(raw)
    assert [(b.name, b.host.name) for b in cluster.brokers] == [
        ("orders", "server3"),
        ("orders-s", "server1"),
    ]


def test_processes_come_name_servers_first_then_masters_then_slaves():
    names = [process.name for process in planned(raw_cluster()).processes]
    assert names == [
        "namesrv-server1",
        "namesrv-server2",
        "broker-a",
        "broker-b",
        "broker-a-s",
        "broker-b-s",
    ]


def test_switching_between_the_schemes_with_slaves_leaves_no_file_behind():
    cluster = planned(ring(1, 2, scheme="2m-2s-async"))
    for broker in cluster.brokers:
        (former,) = cluster.former_conf_files(broker)
        (other,) = planned(ring(1, 2)).former_conf_files(broker)
        assert str(former) == f"/usr/local/rocketmq/conf/2m-2s-sync/{broker.name}.properties"
        assert other == broker.paths.conf_file


@pytest.mark.parametrize("scheme", ["2m-noslave", "dledger", "controller"])
def test_a_scheme_that_cannot_be_switched_to_has_no_former_files(scheme):
    cluster = planned(ring(2, 3, scheme=scheme))
    assert [former for p in cluster.processes for former in cluster.former_conf_files(p)] == []
