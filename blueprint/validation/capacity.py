"""Whether the ports and the memory of the processes fit on each host."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import LEAST_HEAP_MIB, Kind, least_direct_mib, most_mib
from blueprint.plan.processes import BrokerSpec, Process
from blueprint.rocketmq.schemes import BrokerRole
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.fields import HIGHEST_PORT
from remoting.tables import render_table

LOWEST_PORT = 1024
"""A service user may not listen below."""

KEYS = {
    Kind.NAME_SERVER: {"listen": "nameServer"},
    Kind.CONTROLLER: {"listen": "controller", "metrics": "controllerMetrics"},
    Kind.PROXY: {"grpc": "proxyGrpc", "remoting": "proxyRemoting", "metrics": "proxyMetrics"},
    Kind.CONSOLE: {"listen": "console"},
}
"""The keys of `cluster.ports` that set the ports of processes other than brokers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """One port that one process takes."""

    process: Process
    purpose: str
    port: int

    def __str__(self) -> str:
        """Return the process and the purpose."""
        return f"{self.process.name} ({self.purpose})"

    @property
    def key(self) -> str:
        """Return the key of `cluster.ports` that sets it."""
        if isinstance(self.process, BrokerSpec):
            slave = self.process.broker_role is BrokerRole.SLAVE
            listen = "slave" if slave else "master"
            return self.purpose if self.purpose in {"metrics", "dledger"} else listen
        return KEYS[self.process.kind][self.purpose]


def find_port_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Iterate over ports that are out of range, or that two processes of a host would take."""
    taken = [
        Taken(process=process, purpose=purpose, port=port)
        for process in cluster.services
        for purpose, port in process.named_ports.items()
    ]
    high = [one for one in taken if one.port > HIGHEST_PORT]
    low = [one for one in taken if one.port < LOWEST_PORT]
    if high:
        worst = max(high, key=lambda one: one.port)
        yield _out_of_range(worst, len(high), "a smaller cluster.ports.step, or more servers")
    if low:
        worst = min(low, key=lambda one: one.port)
        yield _out_of_range(worst, len(low), f"a higher cluster.ports.{worst.key}")
    yield from _ports_taken_twice(taken)


def _out_of_range(worst: Taken, count: int, remedy: str) -> str:
    more = f", and {count - 1} more are out of range" if count > 1 else ""
    return (
        f"cluster.ports: {worst.process.name} would take port {worst.port} ({worst.purpose}) on "
        f"{worst.process.host.name}{more}; allowed are {LOWEST_PORT} to {HIGHEST_PORT}: write "
        f"{remedy}"
    )


def _ports_taken_twice(taken: list[Taken]) -> Iterator[str]:
    """Iterate over one line per pair of settings, with the first host where they collide."""
    at_port: dict[tuple[str, int], list[Taken]] = defaultdict(list)
    for one in taken:
        at_port[one.process.host.name, one.port].append(one)
    shared: dict[tuple[str, ...], list[list[Taken]]] = defaultdict(list)
    for takers in at_port.values():
        if len(takers) > 1:
            shared[tuple(dict.fromkeys(one.key for one in takers))].append(takers)
    for keys, found in shared.items():
        first, count = found[0], len(found) - 1
        more = f", and at {count} more" if count else ""
        brokers = any(one.key in {"master", "slave"} for one in first)
        why = " a broker takes listenPort-2, listenPort and listenPort+1:" if brokers else ""
        apart = " and ".join(f"cluster.ports.{key}" for key in keys)
        yield (
            f"cluster.ports: {' and '.join(map(str, first))} would both take port "
            f"{first[0].port} on {first[0].process.host.name}{more};{why} choose {apart} "
            "further apart"
        )


def find_memory_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Iterate over hosts without enough memory, each with a table of its processes."""
    for position, host in enumerate(cluster.hosts):
        processes = cluster.services_on(host)
        needed = sum(process.memory.total_mib for process in processes)
        allowed = most_mib(host.memory_mib)
        if needed > allowed:
            yield (
                f"cluster.hosts.servers[{position}].memory: {host.name}'s {host.memory_mib} MiB "
                f"leaves {allowed} MiB for JVMs, and {len(processes)} processes need {needed} MiB "
                "(heaps, direct memory, overhead); give it more memory, more servers to share "
                "the load with, or lower cluster.heap and cluster.brokers\n"
                + _memory_table(host, processes)
            )


def _memory_table(host: HostSpec, processes: tuple[Process, ...]) -> str:
    rows = [["process", "heap", "direct", "overhead", "MiB"]]
    for process in processes:
        memory = process.memory
        numbers = (memory.heap_mib, memory.direct_mib, memory.overhead_mib, memory.total_mib)
        rows.append([process.name, *map(str, numbers)])
    total = sum(process.memory.total_mib for process in processes)
    rows.append([f"of {host.memory_mib} MiB", "", "", "", str(total)])
    return render_table(rows, indent=6)


def find_least_problems(settings: ClusterSettings) -> Iterator[str]:
    """Iterate over sizes, of a kind of process or of one broker, that are too small."""
    heap = settings.heap
    proxy_direct = least_direct_mib(Kind.PROXY, proxied=True)
    broker_direct = least_direct_mib(Kind.BROKER, proxied=settings.proxy is not None)
    sizes = [
        ("cluster.heap.nameServer", heap.name_server, LEAST_HEAP_MIB[Kind.NAME_SERVER]),
        ("cluster.heap.controller", heap.controller, LEAST_HEAP_MIB[Kind.CONTROLLER]),
        ("cluster.heap.broker", heap.broker, LEAST_HEAP_MIB[Kind.BROKER]),
        ("cluster.heap.brokerDirect", heap.broker_direct, broker_direct),
        ("cluster.heap.proxy", heap.proxy, LEAST_HEAP_MIB[Kind.PROXY]),
        ("cluster.heap.proxyDirect", heap.proxy_direct, proxy_direct),
    ]
    for name, broker in settings.brokers.items():
        key = f"cluster.brokers.{name}"
        sizes.append((f"{key}.heap", broker.heap, LEAST_HEAP_MIB[Kind.BROKER]))
        sizes.append((f"{key}.directMemory", broker.direct_memory, broker_direct))
    for key, size, least in sizes:
        if size is not None and size < least:
            yield (
                f"{key}: {size} MiB is too little to start and serve; write {least}MiB or "
                "more, or leave it out"
            )
