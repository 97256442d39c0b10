"""Memory sizes, and how a host's memory is shared by its processes."""

import re
from dataclasses import dataclass

MEBIBYTES_PER_UNIT = {"MiB": 1, "GiB": 1024}
SIZE = re.compile(r"(\d+)(MiB|GiB)")

JVM_OVERHEAD_MIB = 160
"""Metaspace, code cache, thread stacks and the collector's own tables of one JVM, measured."""

LEAST_NAME_SERVER_HEAP_MIB = 64
LEAST_BROKER_HEAP_MIB = 128
LEAST_BROKER_DIRECT_MIB = 64
MOST_NAME_SERVER_HEAP_MIB = 1024
MOST_BROKER_HEAP_MIB = 8192
STEP_MIB = 16


def parse_mebibytes(text: str) -> int:
    """Return the MiB of a size such as `512MiB` or `4GiB`.

    Raises:
        ValueError: the text is not a whole number of MiB or GiB.

    """
    match = SIZE.fullmatch(text)
    if match is None:
        message = f"{text!r} is not a memory size; write a whole number and MiB or GiB, as 4GiB"
        raise ValueError(message)
    return int(match[1]) * MEBIBYTES_PER_UNIT[match[2]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Heaps:
    """JVM memory of each process on one host, in MiB."""

    name_server_mib: int
    broker_mib: int
    broker_direct_mib: int

    def total_mib(self, *, name_servers: int, brokers: int) -> int:
        """Return what the host's JVMs take together, their overhead included."""
        heaps = name_servers * self.name_server_mib
        heaps += brokers * (self.broker_mib + self.broker_direct_mib)
        return heaps + (name_servers + brokers) * JVM_OVERHEAD_MIB


def plan_heaps(memory_mib: int, *, name_servers: int, brokers: int) -> Heaps:
    """Share half of a host's memory among its JVMs; the rest is page cache, which serves reads.

    The result is never below what RocketMQ needs to boot, so it may be more than `most_mib`.
    """
    name_server = _within(memory_mib // 32, LEAST_NAME_SERVER_HEAP_MIB, MOST_NAME_SERVER_HEAP_MIB)
    jvms = name_servers + brokers
    left = memory_mib // 2 - name_servers * name_server - jvms * JVM_OVERHEAD_MIB
    share = left // (2 * brokers) if brokers else 0
    broker = _within(share, LEAST_BROKER_HEAP_MIB, MOST_BROKER_HEAP_MIB)
    return Heaps(name_server_mib=name_server, broker_mib=broker, broker_direct_mib=broker)


def most_mib(memory_mib: int) -> int:
    """Return what the JVMs of a host may take together: three quarters of its memory."""
    return memory_mib * 3 // 4


def _within(mebibytes: int, least: int, most: int) -> int:
    stepped = mebibytes // STEP_MIB * STEP_MIB
    return min(max(stepped, least), most)
