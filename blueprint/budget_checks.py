"""Whether the processes of each host have room: their ports, and their memory."""

from collections import defaultdict
from collections.abc import Iterator

from blueprint.memory import JVM_OVERHEAD_MIB, LEAST_DIRECT_MIB, LEAST_HEAP_MIB, most_mib
from blueprint.ports import HIGHEST_PORT, LOWEST_LISTEN_PORT
from blueprint.specs import BrokerSpec, ClusterSpec, HostSpec, Process
from blueprint.tables import render_table


def find_port_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Iterate over ports that two processes of a host would take, or that nobody can."""
    for host in cluster.hosts:
        takers: dict[int, list[str]] = defaultdict(list)
        for process in cluster.processes_on(host):
            for purpose, port in process.named_ports.items():
                takers[port].append(f"{process.name} ({purpose})")
                if not LOWEST_LISTEN_PORT - 2 <= port <= HIGHEST_PORT:
                    yield (
                        f"cluster.ports: {process.name} would take port {port} ({purpose}) on "
                        f"{host.name}; allowed are {LOWEST_LISTEN_PORT - 2} to {HIGHEST_PORT}"
                    )
        for port, names in sorted(takers.items()):
            if len(names) > 1:
                yield (
                    f"cluster.ports: {' and '.join(names)} would both take port {port} on "
                    f"{host.name}; a broker takes listenPort-2, listenPort and listenPort+1: "
                    "choose ports further apart"
                )


def find_memory_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Iterate over hosts whose processes do not fit, each with the table that shows why."""
    for position, host in enumerate(cluster.hosts):
        processes = cluster.processes_on(host)
        needed = sum(process.memory.total_mib for process in processes)
        allowed = most_mib(host.memory_mib)
        if needed > allowed:
            yield (
                f"cluster.hosts.servers[{position}].memory: {host.name}'s {host.memory_mib} MiB "
                f"leaves {allowed} MiB to JVMs, and {len(processes)} processes need {needed} MiB "
                "(heaps, direct memory, overhead); give it more memory or lower cluster.heap\n"
                + _memory_table(host, processes)
            )
    for process in cluster.processes:
        yield from _too_little(process)


def _memory_table(host: HostSpec, processes: tuple[Process, ...]) -> str:
    rows = [("process", "heap", "direct", "overhead", "MiB")]
    for process in processes:
        memory = process.memory
        numbers = (memory.heap_mib, memory.direct_mib, JVM_OVERHEAD_MIB, memory.total_mib)
        rows.append((process.name, *map(str, numbers)))  # type: ignore[arg-type]  # four numbers
    total = sum(process.memory.total_mib for process in processes)
    rows.append((f"of {host.memory_mib} MiB", "", "", "", str(total)))
    return render_table(rows, indent=6)


def _too_little(process: Process) -> Iterator[str]:
    memory, least = process.memory, LEAST_HEAP_MIB[process.kind]
    key = f"cluster.heap.{process.kind.value}"
    if isinstance(process, BrokerSpec):
        key += f" (or cluster.brokers.{process.name}.heap)"
    if memory.heap_mib < least:
        yield (
            f"{key}: {process.name} would get {memory.heap_mib} MiB, and does not "
            f"boot with less than {least} MiB"
        )
    least_direct = LEAST_DIRECT_MIB.get(process.kind, 0)
    if memory.direct_mib < least_direct:
        key = f"cluster.heap.{process.kind.value}Direct"
        if isinstance(process, BrokerSpec):
            key += f" (or cluster.brokers.{process.name}.directMemory)"
        yield (
            f"{key}: {process.name} would get {memory.direct_mib} MiB, "
            f"and does not serve with less than {least_direct} MiB"
        )
