"""From settings to the cluster that they mean: hosts, processes, addresses, memory."""

from collections import Counter
from collections.abc import Iterator, Mapping

from blueprint.plan.broker_properties import with_properties
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.console import plan_console
from blueprint.plan.deployed import DeployedState, Placement
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import Kind, ProcessMemory, plan_memory
from blueprint.plan.paths import broker_paths, controller_paths, name_server_paths, proxy_paths
from blueprint.plan.placement import GroupToPlace, place_brokers
from blueprint.plan.processes import BrokerSpec, ControllerSpec, NameServerSpec, ProxySpec
from blueprint.rocketmq.schemes import BrokerRole, Election, Replication
from blueprint.settings.cluster import BrokerOverrides, ClusterSettings

CONTROLLER_STEP = 10
"""Distance between controllers on one host; the name server's port is 2 below the first."""

MemoryPlan = Mapping[str, Mapping[Kind, ProcessMemory]]
"""The memory of each kind of process, by host."""


def broker_names(settings: ClusterSettings, group: str) -> tuple[str, ...]:
    """Return the names of a group's brokers, the master's first."""
    copies = settings.replicas_per_group
    if settings.traits.is_elected:
        return tuple(f"{group}-n{position}" for position in range(copies))
    slaves = range(1, copies)
    if len(slaves) == 1:
        return (group, f"{group}-s")
    return (group, *(f"{group}-s{position}" for position in slaves))


def controller_hosts(settings: ClusterSettings) -> tuple[tuple[str, int], ...]:
    """Return the host and slot of each controller: one per host in turn, then a second round."""
    names = [server.name for server in settings.hosts.servers]
    return tuple(
        (names[position % len(names)], position // len(names))
        for position in range(settings.controller_count)
    )


def controller_name(host: str, slot: int) -> str:
    """Return the name of a controller; the first on its host has no number."""
    return f"controller-{host}-{slot + 1}" if slot else f"controller-{host}"


def plan_cluster(
    settings: ClusterSettings, deployed: DeployedState, *, emulated: bool
) -> ClusterSpec:
    """Decide the whole cluster, from settings without a problem.

    With `emulated`, the hosts are virtual machines without KVM.
    """
    hosts = tuple(
        HostSpec(
            name=server.name,
            address=str(server.address),
            memory_mib=server.memory,
            emulated=emulated,
        )
        for server in settings.hosts.servers
    )
    by_name = {host.name: host for host in hosts}
    placements = place_brokers(
        [
            GroupToPlace(brokers=broker_names(settings, group.name), hosts=group.hosts)
            for group in settings.broker_groups
        ],
        list(by_name),
        deployed.placements,
        elected=settings.traits.is_elected,
    )
    name_server_hosts = hosts[: settings.name_server_count]
    proxy_hosts = [by_name[name] for name in settings.proxy.hosts] if settings.proxy else []
    memory = _plan_memory(
        settings,
        hosts,
        {
            Kind.NAME_SERVER: Counter(host.name for host in name_server_hosts),
            Kind.CONTROLLER: Counter(host for host, _ in controller_hosts(settings)),
            Kind.BROKER: Counter(placement.host for placement in placements.values()),
            Kind.PROXY: Counter(host.name for host in proxy_hosts),
        },
    )
    cluster = ClusterSpec(
        name=settings.name,
        scheme=settings.scheme,
        replication=settings.replication or Replication.STRICT,
        replicas=settings.replicas_per_group,
        version=settings.version,
        hosts=hosts,
        name_servers=tuple(
            NameServerSpec(
                name=f"namesrv-{host.name}",
                host=host,
                port=settings.ports.name_server,
                memory=memory[host.name][Kind.NAME_SERVER],
                paths=name_server_paths(),
            )
            for host in name_server_hosts
        ),
        controllers=tuple(_plan_controllers(settings, by_name, memory)),
        brokers=tuple(_plan_brokers(settings, placements, by_name, memory)),
        proxies=tuple(
            ProxySpec(
                name=f"proxy-{host.name}",
                host=host,
                port=settings.ports.proxy_grpc,
                remoting_port=settings.ports.proxy_remoting,
                metrics_port=settings.ports.proxy_metrics if settings.metrics else None,
                memory=memory[host.name][Kind.PROXY],
                paths=proxy_paths(),
            )
            for host in proxy_hosts
        ),
        console=plan_console(settings, hosts),
        purge_data=settings.purge_data,
    )
    return with_properties(cluster, settings)


def _plan_memory(
    settings: ClusterSettings,
    hosts: tuple[HostSpec, ...],
    counts: Mapping[Kind, Counter[str]],
) -> MemoryPlan:
    """Return the memory of each kind on each host: as the settings say, or else its share."""
    heap = settings.heap
    overrides = {
        Kind.NAME_SERVER: (heap.name_server, None),
        Kind.CONTROLLER: (heap.controller, None),
        Kind.BROKER: (heap.broker, heap.broker_direct),
        Kind.PROXY: (heap.proxy, heap.proxy_direct),
    }
    return {
        host.name: {
            kind: _with_overrides(planned, *overrides[kind])
            for kind, planned in plan_memory(
                host.memory_mib,
                {kind: on[host.name] for kind, on in counts.items()},
                proxied=settings.proxy is not None,
            ).items()
        }
        for host in hosts
    }


def _with_overrides(planned: ProcessMemory, heap: int | None, direct: int | None) -> ProcessMemory:
    return ProcessMemory(
        heap_mib=heap or planned.heap_mib, direct_mib=direct or planned.direct_mib
    )


def _plan_controllers(
    settings: ClusterSettings, hosts: Mapping[str, HostSpec], memory: MemoryPlan
) -> Iterator[ControllerSpec]:
    for position, (name, slot) in enumerate(controller_hosts(settings)):
        yield ControllerSpec(
            name=controller_name(name, slot),
            host=hosts[name],
            self_id=f"n{position}",
            port=settings.ports.controller + slot * CONTROLLER_STEP,
            metrics_port=settings.ports.controller_metrics + slot if settings.metrics else None,
            memory=memory[name][Kind.CONTROLLER],
            paths=controller_paths(f"controller-{slot + 1}" if slot else "controller"),
        )


def _plan_brokers(
    settings: ClusterSettings,
    placements: Mapping[str, Placement],
    hosts: Mapping[str, HostSpec],
    memory: MemoryPlan,
) -> Iterator[BrokerSpec]:
    ports, traits = settings.ports, settings.traits
    raft = traits.election is Election.DLEDGER
    for group in settings.broker_groups:
        for position, name in enumerate(broker_names(settings, group.name)):
            host, slot = placements[name].host, placements[name].slot
            overrides = settings.brokers.get(name, BrokerOverrides())
            is_slave = position > 0 and not traits.is_elected
            first = ports.slave if is_slave else ports.master
            # Masters and slaves have slots of their own, but share one row of metrics ports.
            in_row = slot if traits.is_elected else 2 * slot + is_slave
            suffix = name.removeprefix(group.name).replace("-", "")
            planned = memory[host][Kind.BROKER]
            yield BrokerSpec(
                name=name,
                group=group.name,
                position=position,
                broker_role=BrokerRole.SLAVE if is_slave else traits.master_role,
                host=hosts[host],
                slot=slot,
                port=first + slot * ports.step,
                dledger_port=ports.dledger + slot if raft else None,
                metrics_port=ports.metrics + in_row if settings.metrics else None,
                memory=_with_overrides(planned, overrides.heap, overrides.direct_memory),
                paths=broker_paths(name, settings.scheme.value, f"{group.name}{suffix}"),
            )
