"""The plan as a Mermaid flowchart: hosts, their processes, and which broker copies which."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import Process
from blueprint.rocketmq.schemes import BrokerRole

INDENT = "    "


def render_plan_mermaid(cluster: ClusterSpec) -> str:
    """Return the flowchart's text, ending with a line break."""
    return "\n".join(("flowchart LR", *_hosts(cluster), *_edges(cluster))) + "\n"


def _hosts(cluster: ClusterSpec) -> Iterator[str]:
    for host in cluster.hosts:
        yield f'{INDENT}subgraph h_{_id(host.name)}["{host.name} {host.address}"]'
        for process in cluster.services_on(host):
            label = f"{process.name}<br>{process.role} :{process.port}"
            yield f'{INDENT * 2}{_process(process)}["{label}"]'
        yield f"{INDENT}end"


def _edges(cluster: ClusterSpec) -> Iterator[str]:
    for master in cluster.masters:
        waits = master.broker_role is BrokerRole.SYNC_MASTER
        arrow = "==>|sync|" if waits else "-.->|async|"
        for slave in cluster.slaves_of(master):
            yield f"{INDENT}{_process(master)} {arrow} {_process(slave)}"
    for group in dict.fromkeys(replica.group for replica in cluster.elected):
        yield from _mesh([replica for replica in cluster.elected if replica.group == group])
    yield from _mesh(cluster.controllers)
    for proxy in cluster.proxies:
        yield f'{INDENT}clients(["clients"]) -->|gRPC| {_process(proxy)}'


def _mesh(peers: Sequence[Process]) -> Iterator[str]:
    """Join peers that elect their leader at run time."""
    for one, other in combinations(peers, 2):
        yield f"{INDENT}{_process(one)} --- {_process(other)}"


def _process(process: Process) -> str:
    return f"p_{_id(process.name)}"


def _id(name: str) -> str:
    """Return a name that Mermaid accepts; the caller's prefix keeps it from being a keyword."""
    return name.replace("-", "_")
