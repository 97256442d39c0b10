"""Memory sizes, and how a host's memory is shared by its processes."""

from dataclasses import dataclass
from enum import StrEnum

JVM_OVERHEAD_MIB = 160
"""Metaspace, code cache, thread stacks and the collector's own tables of one JVM, measured."""

STEP_MIB = 16


class Kind(StrEnum):
    """The kinds of processes, in the words of the settings."""

    NAME_SERVER = "nameServer"
    CONTROLLER = "controller"
    BROKER = "broker"
    PROXY = "proxy"
    CONSOLE = "console"


LEAST_HEAP_MIB = {Kind.NAME_SERVER: 64, Kind.CONTROLLER: 64, Kind.BROKER: 128, Kind.PROXY: 64}
"""Below which a process of the kind does not boot and serve, measured."""

BUILTIN_CONSOLE_MIB = 64
"""What the built-in console takes at most, measured: it is no JVM.

It comes out of the page cache's part: brokers must not restart because the console moves.
"""

DASHBOARD_HEAP_MIB = 256
"""Of a console of kind dashboard, where settings say nothing."""

LEAST_DIRECT_MIB = {Kind.BROKER: 192, Kind.PROXY: 96}
"""Of the kinds whose memory outside the heap is planned, measured.
"""

POP_DIRECT_MIB = 320
"""Of a broker that proxies pop from: each thread that serves pops keeps 4 MiB of it for good.

With 128 MiB brokers ran out, answered no pop any more, and did not recover.
"""

MOST_HEAP_MIB = {
    Kind.NAME_SERVER: 1024,
    Kind.CONTROLLER: 1024,
    Kind.BROKER: 8192,
    Kind.PROXY: 4096,
}

MOST_SHARE = {Kind.NAME_SERVER: 32, Kind.CONTROLLER: 32}
"""Of these kinds one process gets this part of the host's memory; the rest share what is left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessMemory:
    """What one process may take, in MiB; all of what is no JVM is overhead."""

    heap_mib: int
    direct_mib: int = 0
    overhead_mib: int = JVM_OVERHEAD_MIB

    @property
    def total_mib(self) -> int:
        """Return all of it, the JVM's own overhead included."""
        return self.heap_mib + self.direct_mib + self.overhead_mib


def least_direct_mib(kind: Kind, *, proxied: bool) -> int:
    """Return the least memory outside the heap with which a process of a kind serves."""
    if kind is Kind.BROKER and proxied:
        return POP_DIRECT_MIB
    return LEAST_DIRECT_MIB.get(kind, 0)


def plan_memory(
    memory_mib: int, counts: dict[Kind, int], *, proxied: bool = False
) -> dict[Kind, ProcessMemory]:
    """Share half of a host's memory among its JVMs; the rest is page cache, which serves reads.

    The result is never below what each kind needs to boot, so it may be more than `most_mib`.

    Args:
        memory_mib: what the host has.
        counts: how many processes of each kind it runs.
        proxied: whether proxies of this or another host talk to its brokers.

    """
    planned = {
        kind: ProcessMemory(heap_mib=_heap(kind, memory_mib // share))
        for kind, share in MOST_SHARE.items()
    }
    left = memory_mib // 2 - sum(counts.values()) * JVM_OVERHEAD_MIB
    left -= sum(counts.get(kind, 0) * memory.heap_mib for kind, memory in planned.items())
    sharing = sum(counts.get(kind, 0) for kind in LEAST_DIRECT_MIB)
    share = left // (2 * sharing) if sharing else 0
    for kind in LEAST_DIRECT_MIB:
        heap = _heap(kind, share)
        direct = max(heap, least_direct_mib(kind, proxied=proxied))
        planned[kind] = ProcessMemory(heap_mib=heap, direct_mib=direct)
    return planned


def most_mib(memory_mib: int) -> int:
    """Return what the JVMs of a host may take together: three quarters of its memory."""
    return memory_mib * 3 // 4


def _heap(kind: Kind, mebibytes: int) -> int:
    stepped = mebibytes // STEP_MIB * STEP_MIB
    return min(max(stepped, LEAST_HEAP_MIB[kind]), MOST_HEAP_MIB[kind])
