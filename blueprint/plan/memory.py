"""How a host's memory is shared by its processes."""

from dataclasses import dataclass
from enum import StrEnum

JVM_OVERHEAD_MIB = 160
"""Measured per JVM: metaspace, code cache, thread stacks, the collector's tables."""

STEP_MIB = 16


class Kind(StrEnum):
    """The kinds of processes, as the settings spell them."""

    NAME_SERVER = "nameServer"
    CONTROLLER = "controller"
    BROKER = "broker"
    PROXY = "proxy"
    CONSOLE = "console"


LEAST_HEAP_MIB = {Kind.NAME_SERVER: 64, Kind.CONTROLLER: 64, Kind.BROKER: 128, Kind.PROXY: 64}
"""Measured: with less, a process of the kind does not start and serve."""

BUILTIN_CONSOLE_MIB = 64
"""Measured maximum of the built-in console, which is no JVM.

It comes out of the page cache's share: brokers must not restart because the console moves.
"""

DASHBOARD_HEAP_MIB = 256
"""The default of `heap.console`, for `kind: dashboard`."""

LEAST_DIRECT_MIB = {Kind.BROKER: 192, Kind.PROXY: 96}
"""Measured minimum of the kinds whose memory outside the heap is planned."""

POP_DIRECT_MIB = 320
"""Minimum of a broker that proxies pop from: each thread that serves pops keeps 4 MiB forever.

With 128 MiB, brokers ran out, stopped answering pops, and did not recover.
"""

MOST_HEAP_MIB = {
    Kind.NAME_SERVER: 1024,
    Kind.CONTROLLER: 1024,
    Kind.BROKER: 8192,
    Kind.PROXY: 4096,
}

MOST_SHARE = {Kind.NAME_SERVER: 32, Kind.CONTROLLER: 32}
"""Divisors of the host's memory for one process; the other kinds share what is left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessMemory:
    """What one process may take, in MiB; of a process that is no JVM, all is overhead."""

    heap_mib: int
    direct_mib: int = 0
    overhead_mib: int = JVM_OVERHEAD_MIB

    @property
    def total_mib(self) -> int:
        """Return heap, direct memory and overhead together."""
        return self.heap_mib + self.direct_mib + self.overhead_mib


def least_direct_mib(kind: Kind, *, proxied: bool) -> int:
    """Return the minimum memory outside the heap of a process of a kind."""
    if kind is Kind.BROKER and proxied:
        return POP_DIRECT_MIB
    return LEAST_DIRECT_MIB.get(kind, 0)


def plan_memory(
    memory_mib: int, counts: dict[Kind, int], *, proxied: bool = False
) -> dict[Kind, ProcessMemory]:
    """Share half of a host's memory among its JVMs; the rest is page cache, which serves reads.

    No kind gets less than its minimum, so the sum may exceed `most_mib`. With `proxied`, the
    cluster has proxies, which pop from its brokers.
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
    """Return the most that the JVMs of a host may take together: three quarters of its memory."""
    return memory_mib * 3 // 4


def _heap(kind: Kind, mebibytes: int) -> int:
    stepped = mebibytes // STEP_MIB * STEP_MIB
    return min(max(stepped, LEAST_HEAP_MIB[kind]), MOST_HEAP_MIB[kind])
