"""The whole plan as one page for people: hosts, processes, files, start order."""

from collections.abc import Iterator, Sequence

from blueprint.overview.stages import plan_stages
from blueprint.overview.warnings import plan_warnings
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import HOME, UNITS
from blueprint.rocketmq.schemes import REPLICATION_PROMISES, Scheme
from remoting.tables import render_table

SHOWN_ALREADY = "ROCKETMQ_PLAN_SHOWN_ALREADY"
"""Environment variable, set by `make preview` after it has shown the plan itself."""

INDENT = 2
MOST_NAMES = 8
"""Of more names only the first and last are shown."""


def render_plan_page(cluster: ClusterSpec) -> str:
    """Return the page, ending with a line break."""
    parts = (_hosts_and_processes(cluster), _files(cluster), _start_order(cluster))
    return "\n\n".join(parts) + "\n"


def render_plan_summary(cluster: ClusterSpec) -> str:
    """Return the head, the hosts and the processes, for the start of a preview."""
    return _hosts_and_processes(cluster) + "\n"


def processes_mib(cluster: ClusterSpec, host: HostSpec) -> int:
    """Return the memory that the processes of a host may take together."""
    return sum(process.memory.total_mib for process in cluster.services_on(host))


def _hosts_and_processes(cluster: ClusterSpec) -> str:
    return "\n\n".join((_head(cluster), _hosts(cluster), _processes(cluster)))


def _head(cluster: ClusterSpec) -> str:
    groups = _count(len({broker.group for broker in cluster.brokers}), "group")
    size = _count(cluster.replicas, "broker")
    hosts = _count(len(cluster.hosts), "host")
    scheme = cluster.scheme.value
    lines = [
        f"plan of {cluster.name}, RocketMQ {cluster.version}: {groups} of {size} on {hosts}",
        f"scheme {scheme}: {cluster.traits.promise}",
    ]
    if cluster.scheme is Scheme.SYNC:
        mode = cluster.replication
        lines.append(f"replication {mode.value}: {REPLICATION_PROMISES[mode]}")
    lines += [f"warning: {line}" for line in plan_warnings(cluster)]
    lines += _unchecked(cluster)
    return "\n".join(lines)


def _unchecked(cluster: ClusterSpec) -> Iterator[str]:
    """Yield one line that names every unchecked property and the brokers that have it."""
    brokers_of: dict[str, list[str]] = {}
    for broker in cluster.brokers:
        for name, value in broker.unchecked_properties.items():
            brokers_of.setdefault(f"{name}={value}", []).append(broker.name)
    if brokers_of:
        shown = (f"{text} ({_brokers(cluster, names)})" for text, names in brokers_of.items())
        yield f"unchecked properties: {', '.join(sorted(shown))}"


def _brokers(cluster: ClusterSpec, names: Sequence[str]) -> str:
    return "every broker" if len(names) == len(cluster.brokers) else _shortened(names)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _hosts(cluster: ClusterSpec) -> str:
    rows: list[tuple[str, ...]] = [("host", "address", "memory", "processes", "page cache")]
    for host in cluster.hosts:
        taken = processes_mib(cluster, host)
        sizes = (host.memory_mib, taken, host.memory_mib - taken)
        rows.append((host.name, host.address, *map(str, sizes)))
    return _titled("hosts (MiB)", rows)


def _processes(cluster: ClusterSpec) -> str:
    rows: list[tuple[str, ...]] = [("process", "role", "host", "ports", "heap", "direct", "total")]
    for process in cluster.services:
        memory = process.memory
        sizes = (memory.heap_mib, memory.direct_mib, memory.total_mib)
        ports = " ".join(f"{use}:{port}" for use, port in process.named_ports.items())
        rows.append((process.name, process.role, process.host.name, ports, *map(str, sizes)))
    return _titled("processes (MiB), in the order in which they must be ready", rows)


def _files(cluster: ClusterSpec) -> str:
    rows: list[tuple[str, ...]] = [("process", "host", "configuration", "unit", "store", "log")]
    for process in cluster.services:
        paths = process.paths
        conf_file = str(paths.conf_file.relative_to(HOME))
        store = str(paths.store.relative_to(HOME)) if paths.store else ""
        log = str(paths.log.relative_to(HOME)) if paths.log else "journal"
        rows.append((process.name, process.host.name, conf_file, paths.unit, store, log))
    return _titled(f"files (below {HOME}; units in {UNITS})", rows)


def _start_order(cluster: ClusterSpec) -> str:
    rows: list[tuple[str, ...]] = [("", "stage", "how", "which", "done when")]
    for number, stage in enumerate(plan_stages(cluster), start=1):
        rows.append(
            (str(number), stage.what, stage.pace.value, _shortened(stage.names), stage.over_when)
        )
    return _titled("start order", rows)


def _shortened(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{names[0]} … {names[-1]}, {len(names)} in all"


def _titled(title: str, rows: Sequence[Sequence[str]]) -> str:
    return f"{title}\n{render_table(rows, indent=INDENT)}"
