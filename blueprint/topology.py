"""From settings to the cluster that they mean: hosts, processes, addresses, properties."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueprint.host_settings import ServerSettings
from blueprint.memory import JVM_OVERHEAD_MIB, Heaps, plan_heaps
from blueprint.paths import ProcessPaths, broker_paths, name_server_paths
from blueprint.placement import GroupPlacement, place_group
from blueprint.ports import BrokerPorts
from blueprint.schemes import TRAITS, BrokerRole, Scheme, SchemeTraits
from blueprint.settings import ClusterSettings

READ_AND_WRITE = 6
"""RocketMQ's `brokerPermission`: 4 to read, 2 to write."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostSpec:
    """One host as the plan knows it."""

    name: str
    address: str
    memory_mib: int
    emulated: bool = False
    """Each instruction is translated, some 30 times slower: what waits for it waits longer."""

    @property
    def startup_seconds(self) -> int:
        """Return how long its processes may take to be ready after their start."""
        return 1800 if self.emulated else 180

    @property
    def request_seconds(self) -> int:
        """Return how long one request to its processes may take."""
        return 60 if self.emulated else 5

    @property
    def stop_seconds(self) -> int:
        """Return how long one process may take to flush its store and end."""
        return 900 if self.emulated else 120


@dataclass(frozen=True, kw_only=True, slots=True)
class NameServerSpec:
    """One name server."""

    name: str
    host: HostSpec
    port: int
    heap_mib: int
    paths: ProcessPaths

    @property
    def address(self) -> str:
        """Return `ip:port`."""
        return f"{self.host.address}:{self.port}"

    @property
    def ports(self) -> tuple[int, ...]:
        """Return every port it takes."""
        return (self.port,)

    @property
    def memory_mib(self) -> int:
        """Return what its JVM takes at most."""
        return self.heap_mib + JVM_OVERHEAD_MIB


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerSpec:
    """One broker, master or slave."""

    name: str
    group: str
    broker_id: int
    role: BrokerRole
    host: HostSpec
    broker_ports: BrokerPorts
    heap_mib: int
    direct_mib: int
    permission: int
    paths: ProcessPaths

    @property
    def address(self) -> str:
        """Return `ip:listenPort`, by which name servers list it."""
        return f"{self.host.address}:{self.broker_ports.listen}"

    @property
    def ports(self) -> tuple[int, ...]:
        """Return every port it takes."""
        return tuple(self.broker_ports)

    @property
    def memory_mib(self) -> int:
        """Return what its JVM takes at most."""
        return self.heap_mib + self.direct_mib + JVM_OVERHEAD_MIB

    @property
    def is_master(self) -> bool:
        """Return whether producers send to it."""
        return self.broker_id == 0


Process = NameServerSpec | BrokerSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterSpec:
    """Everything decided; what is made of it lives in components/."""

    name: str
    scheme: Scheme
    version: str
    hosts: tuple[HostSpec, ...]
    name_servers: tuple[NameServerSpec, ...]
    brokers: tuple[BrokerSpec, ...]
    extra_properties: Mapping[str, str]
    purge_data: bool

    @property
    def traits(self) -> SchemeTraits:
        """Return what the scheme implies."""
        return TRAITS[self.scheme]

    @property
    def name_server_list(self) -> str:
        """Return `namesrvAddr`: `ip:port;ip:port`."""
        return ";".join(server.address for server in self.name_servers)

    @property
    def masters(self) -> tuple[BrokerSpec, ...]:
        """Return the brokers that take messages."""
        return tuple(broker for broker in self.brokers if broker.is_master)

    @property
    def slaves(self) -> tuple[BrokerSpec, ...]:
        """Return the brokers that copy a master."""
        return tuple(broker for broker in self.brokers if not broker.is_master)

    def slaves_of(self, master: BrokerSpec) -> tuple[BrokerSpec, ...]:
        """Return the slaves of the master's group."""
        return tuple(slave for slave in self.slaves if slave.group == master.group)

    @property
    def processes(self) -> tuple[Process, ...]:
        """Return every process in the order in which each must be ready."""
        return (*self.name_servers, *self.masters, *self.slaves)

    def processes_on(self, host: HostSpec) -> tuple[Process, ...]:
        """Return the host's processes: its name server, its masters, its slaves."""
        return tuple(process for process in self.processes if process.host == host)


def place_groups(settings: ClusterSettings) -> tuple[GroupPlacement, ...]:
    """Return each group's hosts: those that its settings name, else the next ones round."""
    slaves = TRAITS[settings.scheme].slaves_per_master
    names = tuple(server.name for server in settings.hosts.servers)
    placements = []
    for position, group in enumerate(settings.groups):
        planned = place_group(group.name, position, names, slaves)
        master = group.master or planned.master
        slave = group.slave or next((h for h in planned.slaves if h != master), planned.master)
        placements.append(GroupPlacement(group=group.name, master=master, slaves=(slave,)))
    return tuple(placements)


def plan_cluster(settings: ClusterSettings, *, emulated: bool = False) -> ClusterSpec:
    """Decide the whole cluster; `checks` has found the settings usable.

    Args:
        settings: what a person wrote.
        emulated: whether the hosts are virtual machines without a processor's help.

    """
    placements = place_groups(settings)
    hosts = {server.name: _host(server, emulated=emulated) for server in settings.hosts.servers}
    served = tuple(hosts.values())[: settings.name_servers]
    heaps = {
        name: plan_host_heaps(settings, placements, host, serves_names=host in served)
        for name, host in hosts.items()
    }
    return ClusterSpec(
        name=settings.name,
        scheme=settings.scheme,
        version=settings.version,
        hosts=tuple(hosts.values()),
        name_servers=tuple(
            NameServerSpec(
                name=f"namesrv-{host.name}",
                host=host,
                port=settings.ports.name_server,
                heap_mib=heaps[host.name].name_server_mib,
                paths=name_server_paths("namesrv"),
            )
            for host in served
        ),
        brokers=tuple(_plan_brokers(settings, placements, hosts, heaps)),
        extra_properties=dict(sorted(settings.properties.items())),
        purge_data=settings.purge_data,
    )


def plan_host_heaps(
    settings: ClusterSettings,
    placements: tuple[GroupPlacement, ...],
    host: HostSpec,
    *,
    serves_names: bool,
) -> Heaps:
    """Return the heaps of one host: what the settings say, else its share of the memory."""
    brokers = sum((p.master == host.name) + p.slaves.count(host.name) for p in placements)
    planned = plan_heaps(host.memory_mib, name_servers=int(serves_names), brokers=brokers)
    said = settings.heap
    return Heaps(
        name_server_mib=said.name_server or planned.name_server_mib,
        broker_mib=said.broker or planned.broker_mib,
        broker_direct_mib=said.broker_direct or planned.broker_direct_mib,
    )


def _host(server: ServerSettings, *, emulated: bool) -> HostSpec:
    return HostSpec(
        name=server.name,
        address=str(server.address),
        memory_mib=server.memory,
        emulated=emulated,
    )


def _plan_brokers(
    settings: ClusterSettings,
    placements: tuple[GroupPlacement, ...],
    hosts: Mapping[str, HostSpec],
    heaps: Mapping[str, Heaps],
) -> Iterator[BrokerSpec]:
    role = TRAITS[settings.scheme].master_role
    for position, placement in enumerate(placements):
        before = placements[:position]
        elder_masters = sum(p.master == placement.master for p in before)
        listen = settings.ports.master + elder_masters * settings.ports.step
        yield _broker(settings, placement, hosts[placement.master], heaps, role, 0, listen)
        for broker_id, slave in enumerate(placement.slaves, start=1):
            elder_slaves = sum(p.slaves.count(slave) for p in before)
            listen = settings.ports.slave + elder_slaves * settings.ports.step
            yield _broker(
                settings, placement, hosts[slave], heaps, BrokerRole.SLAVE, broker_id, listen
            )


def _broker(  # noqa: PLR0913, PLR0917 (all of one broker's decisions, made by the only caller)
    settings: ClusterSettings,
    placement: GroupPlacement,
    host: HostSpec,
    heaps: Mapping[str, Heaps],
    role: BrokerRole,
    broker_id: int,
    listen: int,
) -> BrokerSpec:
    group = placement.group
    number = "" if len(placement.slaves) == 1 else str(broker_id)
    name = f"{group}-s{number}" if broker_id else group
    store = f"{group}s{number}" if broker_id else group
    return BrokerSpec(
        name=name,
        group=group,
        broker_id=broker_id,
        role=role,
        host=host,
        broker_ports=BrokerPorts(listen=listen),
        heap_mib=heaps[host.name].broker_mib,
        direct_mib=heaps[host.name].broker_direct_mib,
        permission=int(settings.properties.get("brokerPermission", READ_AND_WRITE)),
        paths=broker_paths(name, settings.scheme.value, store),
    )
