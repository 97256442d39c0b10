"""What is decided about a cluster: its hosts, its processes, and the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from blueprint.archive import Archive
from blueprint.console_settings import ConsoleKind
from blueprint.memory import Kind, ProcessMemory
from blueprint.paths import CONF, ProcessPaths
from blueprint.ports import BrokerPorts
from blueprint.schemes import (
    IN_PLACE,
    TRAITS,
    BrokerRole,
    Election,
    Replication,
    Scheme,
    SchemeTraits,
)


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


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process on one host, whatever its kind."""

    kind: ClassVar[Kind]
    name: str
    host: HostSpec
    memory: ProcessMemory
    paths: ProcessPaths
    metrics_port: int | None = None
    """Where Prometheus reads its metrics; None where it offers none."""

    @property
    def role(self) -> str:
        """Return what it is, in the field's words."""
        return {Kind.NAME_SERVER: "name server"}.get(self.kind, self.kind.value)

    @property
    def main_port(self) -> int:
        """Return the port by which clients and checks talk to it."""
        return next(iter(self.own_ports.values()))

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return the ports of its kind, by what each is for; the main one first."""
        raise NotImplementedError

    @property
    def named_ports(self) -> Mapping[str, int]:
        """Return every port it takes, by what it is for; the main one first."""
        metrics = {} if self.metrics_port is None else {"metrics": self.metrics_port}
        return {**self.own_ports, **metrics}

    @property
    def address(self) -> str:
        """Return `ip:port` of its main port."""
        return f"{self.host.address}:{self.main_port}"

    @property
    def ports(self) -> tuple[int, ...]:
        """Return every port it takes, lowest first."""
        return tuple(sorted(self.named_ports.values()))

    @property
    def seat(self) -> Mapping[str, str | int]:
        """Return what later updates must know, to leave it where it is."""
        return {}

    @property
    def log(self) -> PurePosixPath | None:
        """Return the log that explains most failures; None where the journal has it."""
        return self.paths.log

    @property
    def has_home(self) -> bool:
        """Return whether it writes files of its own."""
        return True

    @property
    def metrics_address(self) -> str | None:
        """Return where Prometheus reads its metrics; None where it offers none."""
        return None if self.metrics_port is None else f"{self.host.address}:{self.metrics_port}"


@dataclass(frozen=True, kw_only=True)
class NameServerSpec(Process):
    """One name server."""

    kind = Kind.NAME_SERVER
    port: int

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return its only port."""
        return {"listen": self.port}


@dataclass(frozen=True, kw_only=True)
class ControllerSpec(Process):
    """One controller: they decide by majority which replica of a group is its master."""

    kind = Kind.CONTROLLER
    self_id: str
    """Its own in `peers`; letters and digits, as n0."""
    port: int

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return the port for brokers and the other controllers."""
        return {"listen": self.port}


@dataclass(frozen=True, kw_only=True)
class BrokerSpec(Process):
    """One broker: a master, a slave, or a replica whose role an election decides."""

    kind = Kind.BROKER
    group: str
    position: int
    """Among the brokers of its group; 0 is the master's where no election decides."""
    broker_role: BrokerRole
    slot: int
    """Among the brokers of its kind on its host."""
    broker_ports: BrokerPorts
    said_properties: Mapping[str, str] = field(default_factory=dict)
    """What settings say of all brokers, its group and itself, the nearest winning."""

    @property
    def role(self) -> str:
        """Return its role as name servers and settings spell it."""
        return self.broker_role.value

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return the ports that RocketMQ fixes by `listenPort`, and that of its election."""
        return self.broker_ports.named

    @property
    def broker_id(self) -> int | None:
        """Return RocketMQ's `brokerId`; None where an election decides it."""
        return None if self.broker_role is BrokerRole.REPLICA else self.position

    @property
    def self_id(self) -> str:
        """Return its own id in an election; letters and digits, as n0."""
        return f"n{self.position}"

    @property
    def is_master(self) -> bool:
        """Return whether producers send to it, whatever happens."""
        return self.broker_id == 0

    @property
    def seat(self) -> Mapping[str, str | int]:
        """Return where it is, for `history` to know."""
        return {"host": self.host.name, "slot": self.slot}

    @property
    def permission(self) -> int:
        """Return RocketMQ's `brokerPermission` outside a drain: 4 to read, 2 to write."""
        return int(self.said_properties.get("brokerPermission", READ_AND_WRITE))


READ_AND_WRITE = 6


@dataclass(frozen=True, kw_only=True)
class ProxySpec(Process):
    """One proxy, by which clients of the 5.x SDKs talk gRPC to the cluster."""

    kind = Kind.PROXY
    grpc_port: int
    remoting_port: int

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return its two ports for clients."""
        return {"grpc": self.grpc_port, "remoting": self.remoting_port}

    @property
    def remoting_address(self) -> str:
        """Return `ip:port` for clients that speak the remoting protocol."""
        return f"{self.host.address}:{self.remoting_port}"


@dataclass(frozen=True, kw_only=True)
class ConsoleSpec(Process):
    """What shows the cluster in a browser; it is no part of the cluster."""

    kind = Kind.CONSOLE
    console_kind: ConsoleKind
    port: int
    password_generation: int
    jar: Archive | None = None
    """Of a dashboard."""

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return its only port."""
        return {"listen": self.port}

    @property
    def log(self) -> None:
        """Return None: its journal has it."""
        return None

    @property
    def has_home(self) -> bool:
        """Return whether it is a JVM."""
        return self.console_kind is ConsoleKind.DASHBOARD

    @property
    def login_file(self) -> PurePosixPath:
        """Return the file with what logins are checked by."""
        if self.console_kind is ConsoleKind.DASHBOARD:
            return self.paths.conf_file
        return self.paths.conf_directory / "login"

    @property
    def url(self) -> str:
        """Return what to open in a browser."""
        return f"http://{self.address}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterSpec:
    """Everything decided; what is made of it lives in components/."""

    name: str
    scheme: Scheme
    replication: Replication
    replicas: int
    version: str
    hosts: tuple[HostSpec, ...]
    name_servers: tuple[NameServerSpec, ...]
    controllers: tuple[ControllerSpec, ...]
    brokers: tuple[BrokerSpec, ...]
    proxies: tuple[ProxySpec, ...]
    console: ConsoleSpec | None
    purge_data: bool

    @property
    def traits(self) -> SchemeTraits:
        """Return what the scheme implies."""
        return TRAITS[self.scheme]

    @property
    def election(self) -> Election:
        """Return who decides which broker of a group is its master."""
        return self.traits.election

    @property
    def name_server_list(self) -> str:
        """Return `namesrvAddr`: `ip:port;ip:port`."""
        return ";".join(server.address for server in self.name_servers)

    @property
    def controller_list(self) -> str:
        """Return `controllerAddr`: `ip:port;ip:port`."""
        return ";".join(controller.address for controller in self.controllers)

    @property
    def controller_peers(self) -> str:
        """Return `controllerDLegerPeers`: `n0-ip:port;n1-ip:port`."""
        return ";".join(f"{one.self_id}-{one.address}" for one in self.controllers)

    @property
    def masters(self) -> tuple[BrokerSpec, ...]:
        """Return the brokers that are masters by their settings."""
        return tuple(broker for broker in self.brokers if broker.is_master)

    @property
    def slaves(self) -> tuple[BrokerSpec, ...]:
        """Return the brokers that copy such a master."""
        return tuple(broker for broker in self.brokers if broker.broker_role is BrokerRole.SLAVE)

    @property
    def elected(self) -> tuple[BrokerSpec, ...]:
        """Return the brokers whose role an election decides."""
        return tuple(b for b in self.brokers if b.broker_role is BrokerRole.REPLICA)

    def group_of(self, broker: BrokerSpec) -> tuple[BrokerSpec, ...]:
        """Return the brokers of its group, itself included."""
        return tuple(other for other in self.brokers if other.group == broker.group)

    def slaves_of(self, master: BrokerSpec) -> tuple[BrokerSpec, ...]:
        """Return the slaves of the master's group."""
        return tuple(slave for slave in self.slaves if slave.group == master.group)

    def is_guarded(self, broker: BrokerSpec) -> bool:
        """Return whether the broker boots drained, until it was compared with its slaves."""
        return broker.is_master and self.replicas > 1

    @property
    def slave_required(self) -> bool:
        """Return whether a master may take messages only while its slave holds them too."""
        return self.scheme is Scheme.SYNC and self.replication is Replication.STRICT

    @property
    def in_sync_replicas(self) -> int:
        """Copies, the master's included, that must hold a message before SEND_OK."""
        return self.replicas if self.scheme is Scheme.SYNC else 1

    def former_conf_files(self, process: Process) -> tuple[PurePosixPath, ...]:
        """Return where the process's configuration was in the schemes that this may follow."""
        if not isinstance(process, BrokerSpec) or self.scheme not in IN_PLACE:
            return ()
        folders = sorted(scheme.value for scheme in IN_PLACE if scheme is not self.scheme)
        return tuple(CONF / folder / process.paths.conf_name for folder in folders)

    @property
    def processes(self) -> tuple[Process, ...]:
        """Return every process of the cluster in the order in which each must be ready."""
        brokers = (*self.masters, *self.slaves, *self.elected)
        return (*self.name_servers, *self.controllers, *brokers, *self.proxies)

    @property
    def services(self) -> tuple[Process, ...]:
        """Return every process, then the console, if there is one."""
        return self.processes if self.console is None else (*self.processes, self.console)

    def services_on(self, host: HostSpec) -> tuple[Process, ...]:
        """Return the host's processes, in the order in which each must be ready."""
        return tuple(service for service in self.services if service.host == host)
