"""Memory sizes, and heaps that fit their host."""

import pytest

from blueprint.memory import (
    JVM_OVERHEAD_MIB,
    LEAST_BROKER_HEAP_MIB,
    LEAST_NAME_SERVER_HEAP_MIB,
    MOST_BROKER_HEAP_MIB,
    most_mib,
    parse_mebibytes,
    plan_heaps,
)
from tests.stacks import changed, planned, raw_cluster


@pytest.mark.parametrize(
    ("text", "mebibytes"), [("1MiB", 1), ("512MiB", 512), ("4GiB", 4096), ("1024GiB", 1 << 20)]
)
def test_a_size_is_a_whole_number_of_mib_or_gib(text, mebibytes):
    assert parse_mebibytes(text) == mebibytes


@pytest.mark.parametrize(
    "text", ["", "4", "4GB", "4G", "4 GiB", "4gib", "4.5GiB", "-4GiB", "GiB", "4GiB\n", " 4GiB"]
)
def test_any_other_size_is_refused_with_what_is_allowed(text):
    with pytest.raises(ValueError, match="whole number and MiB or GiB") as refused:
        parse_mebibytes(text)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize("memory_mib", [2048, 3072, 4096, 8192, 16384, 65536, 1 << 20])
@pytest.mark.parametrize("brokers", [1, 2])
def test_planned_heaps_leave_half_of_a_usual_host_to_the_page_cache(memory_mib, brokers):
    heaps = plan_heaps(memory_mib, name_servers=1, brokers=brokers)
    assert LEAST_BROKER_HEAP_MIB <= heaps.broker_mib <= MOST_BROKER_HEAP_MIB
    assert heaps.broker_direct_mib == heaps.broker_mib
    assert heaps.name_server_mib >= LEAST_NAME_SERVER_HEAP_MIB
    total = heaps.total_mib(name_servers=1, brokers=brokers)
    floor = 1 + brokers
    least = LEAST_NAME_SERVER_HEAP_MIB + 2 * brokers * LEAST_BROKER_HEAP_MIB
    assert total <= max(memory_mib // 2, least + floor * JVM_OVERHEAD_MIB)
    assert total <= most_mib(memory_mib)


def test_a_host_without_a_broker_has_heaps_all_the_same():
    heaps = plan_heaps(1024, name_servers=1, brokers=0)
    assert heaps.total_mib(name_servers=1, brokers=0) <= most_mib(1024)


def test_more_memory_never_means_a_smaller_heap():
    heaps = [plan_heaps(m, name_servers=1, brokers=2).broker_mib for m in range(1024, 70000, 512)]
    assert heaps == sorted(heaps)
    assert heaps[0] == LEAST_BROKER_HEAP_MIB
    assert heaps[-1] == MOST_BROKER_HEAP_MIB


def test_the_heaps_of_every_host_fit_within_what_it_allows():
    cluster = planned(raw_cluster())
    for host in cluster.hosts:
        needed = sum(process.memory_mib for process in cluster.processes_on(host))
        assert needed <= host.memory_mib // 2


def test_a_heap_that_a_person_sets_is_taken_and_the_others_are_planned():
    cluster = planned(changed(heap={"broker": "320MiB"}))
    usual = planned(raw_cluster())
    assert [broker.heap_mib for broker in cluster.brokers] == [320] * 4
    assert [b.direct_mib for b in cluster.brokers] == [b.direct_mib for b in usual.brokers]
    assert [s.heap_mib for s in cluster.name_servers] == [s.heap_mib for s in usual.name_servers]
