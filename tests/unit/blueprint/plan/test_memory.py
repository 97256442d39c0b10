"""Memory sizes, and the memory planned for each process."""

import pytest

from blueprint.plan.memory import (
    JVM_OVERHEAD_MIB,
    LEAST_DIRECT_MIB,
    LEAST_HEAP_MIB,
    MOST_HEAP_MIB,
    POP_DIRECT_MIB,
    Kind,
    most_mib,
    plan_memory,
)
from blueprint.settings.sizes import parse_mebibytes
from tests.support.refusals import assert_one_line
from tests.support.stacks import changed, planned, raw_cluster


@pytest.mark.parametrize(
    ("text", "mebibytes"), [("1MiB", 1), ("512MiB", 512), ("4GiB", 4096), ("1024GiB", 1 << 20)]
)
def test_a_size_is_a_whole_number_of_mib_or_gib(text, mebibytes):
    assert parse_mebibytes(text) == mebibytes


@pytest.mark.parametrize(
    "text", ["", "4", "4GB", "4G", "4 GiB", "4gib", "4.5GiB", "-4GiB", "GiB", "4GiB\n", " 4GiB"]
)
def test_any_other_size_is_refused_with_what_is_allowed(text):
    with pytest.raises(ValueError, match="whole number and MiB or GiB"):
        parse_mebibytes(text)
    raw = changed(hosts__servers__0__memory=text)
    assert_one_line(raw, f"cluster.hosts.servers[0].memory: {text!r} is not a memory size")


SLACK_MIB = 256
"""On a small host the least direct memory exceeds a process's share."""


def total(memory_mib, counts):
    planned = plan_memory(memory_mib, counts)
    return sum(count * planned[kind].total_mib for kind, count in counts.items())


@pytest.mark.parametrize("memory_mib", [3072, 4096, 8192, 16384, 65536, 1 << 20])
@pytest.mark.parametrize("brokers", [1, 2])
@pytest.mark.parametrize("others", [{}, {Kind.CONTROLLER: 1}, {Kind.PROXY: 1}])
def test_half_of_a_typical_host_is_left_to_the_page_cache(memory_mib, brokers, others):
    counts = {Kind.NAME_SERVER: 1, Kind.BROKER: brokers, **others}
    planned = plan_memory(memory_mib, counts)
    for kind, memory in planned.items():
        assert LEAST_HEAP_MIB[kind] <= memory.heap_mib <= MOST_HEAP_MIB[kind]
    for kind, least_direct in LEAST_DIRECT_MIB.items():
        assert planned[kind].direct_mib == max(planned[kind].heap_mib, least_direct)
    least = sum(
        count * (LEAST_HEAP_MIB[kind] + LEAST_DIRECT_MIB.get(kind, 0) + JVM_OVERHEAD_MIB)
        for kind, count in counts.items()
    )
    assert total(memory_mib, counts) <= max(memory_mib // 2 + SLACK_MIB, least)
    assert total(memory_mib, counts) <= most_mib(memory_mib)


@pytest.mark.parametrize("memory_mib", [2048, 4096, 65536])
def test_brokers_of_a_cluster_with_proxies_get_the_memory_that_pops_keep(memory_mib):
    counts = {Kind.NAME_SERVER: 1, Kind.BROKER: 2}
    plain, proxied = (plan_memory(memory_mib, counts, proxied=flag) for flag in (False, True))
    assert proxied[Kind.BROKER].direct_mib == max(plain[Kind.BROKER].heap_mib, POP_DIRECT_MIB)
    assert proxied[Kind.BROKER].heap_mib == plain[Kind.BROKER].heap_mib


def test_too_little_memory_for_pops_is_refused_with_a_proxy():
    heap = {"brokerDirect": "192MiB"}
    assert planned(changed(heap=heap))
    raw = changed(heap=heap, proxy={"hosts": ["server1"]})
    assert_one_line(raw, "cluster.heap.brokerDirect: 192 MiB is too little", "320MiB or more")


def test_heaps_are_planned_on_a_host_without_a_broker():
    assert total(1024, {Kind.NAME_SERVER: 1}) <= most_mib(1024)


def test_more_memory_never_means_a_smaller_heap():
    counts = {Kind.NAME_SERVER: 1, Kind.BROKER: 2}
    heaps = [plan_memory(m, counts)[Kind.BROKER].heap_mib for m in range(1024, 70000, 512)]
    assert heaps == sorted(heaps)
    assert heaps[0] == LEAST_HEAP_MIB[Kind.BROKER]
    assert heaps[-1] == MOST_HEAP_MIB[Kind.BROKER]


def test_planned_memory_fits_every_host():
    cluster = planned(raw_cluster())
    for host in cluster.hosts:
        needed = sum(p.memory.total_mib for p in cluster.processes if p.host == host)
        assert needed <= host.memory_mib // 2


def test_moving_the_console_changes_no_heap_of_a_broker():
    heaps = [
        {process.name: process.memory for process in planned(changed(console=console)).processes}
        for console in ("none", "builtin", {"kind": "builtin", "host": "server2"})
    ]
    assert heaps[0] == heaps[1] == heaps[2]


def test_a_heap_in_the_settings_overrides_the_plan_and_the_others_are_planned():
    cluster = planned(changed(heap={"broker": "320MiB"}))
    usual = planned(raw_cluster())
    assert [broker.memory.heap_mib for broker in cluster.brokers] == [320] * 4
    assert [b.memory.direct_mib for b in cluster.brokers] == [
        b.memory.direct_mib for b in usual.brokers
    ]
    assert [s.memory for s in cluster.name_servers] == [s.memory for s in usual.name_servers]


def test_one_broker_may_have_its_own_heap():
    raw = changed(brokers={"broker-a-s": {"heap": "208MiB", "directMemory": "208MiB"}})
    memory = {broker.name: broker.memory for broker in planned(raw).brokers}
    usual = {broker.name: broker.memory for broker in planned(raw_cluster()).brokers}
    changed_ones = {name for name in usual if memory[name] != usual[name]}
    assert changed_ones == {"broker-a-s"}
    assert (memory["broker-a-s"].heap_mib, memory["broker-a-s"].direct_mib) == (208, 208)
