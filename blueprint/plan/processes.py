"""The processes of the plan: name servers, controllers, brokers, proxies, the console."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from blueprint.plan.archives import Archive
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import Kind, ProcessMemory
from blueprint.plan.paths import ProcessPaths
from blueprint.rocketmq.schemes import BrokerRole
from blueprint.settings.console import ConsoleKind

READ_AND_WRITE = 6


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process on one host, of any kind."""

    kind: ClassVar[Kind]
    name: str
    host: HostSpec
    port: int
    """Its main port, which clients and checks connect to."""
    memory: ProcessMemory
    paths: ProcessPaths
    metrics_port: int | None = None
    """Where Prometheus scrapes it; None without metrics."""

    @property
    def role(self) -> str:
        """Return what it is, as shown to people."""
        return {Kind.NAME_SERVER: "name server"}.get(self.kind, self.kind.value)

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return the ports of its kind by purpose, the main one first."""
        return {"listen": self.port}

    @property
    def named_ports(self) -> Mapping[str, int]:
        """Return every port it takes by purpose, the main one first."""
        metrics = {} if self.metrics_port is None else {"metrics": self.metrics_port}
        return {**self.own_ports, **metrics}

    @property
    def address(self) -> str:
        """Return `ip:port` of its main port."""
        return f"{self.host.address}:{self.port}"

    @property
    def ports(self) -> tuple[int, ...]:
        """Return every port it takes, lowest first."""
        return tuple(sorted(self.named_ports.values()))

    @property
    def placement(self) -> Mapping[str, str | int]:
        """Return the outputs by which later updates leave it where it is."""
        return {}

    @property
    def has_home(self) -> bool:
        """Return whether it writes files below a home directory."""
        return True

    @property
    def metrics_address(self) -> str | None:
        """Return `ip:port` for Prometheus; None without metrics."""
        return None if self.metrics_port is None else f"{self.host.address}:{self.metrics_port}"


@dataclass(frozen=True, kw_only=True)
class NameServerSpec(Process):
    """One name server."""

    kind = Kind.NAME_SERVER


@dataclass(frozen=True, kw_only=True)
class ControllerSpec(Process):
    """One of the controllers, which elect the master of each group by majority."""

    kind = Kind.CONTROLLER
    self_id: str
    """Its id among the controllers: letters and digits, such as n0."""


@dataclass(frozen=True, kw_only=True)
class BrokerSpec(Process):
    """One broker: a master, a slave, or a replica whose role an election decides."""

    kind = Kind.BROKER
    group: str
    position: int
    """Among the brokers of its group; 0 is the master unless an election decides."""
    broker_role: BrokerRole
    slot: int
    """Among the brokers of its kind on its host."""
    dledger_port: int | None = None
    """For its group in scheme dledger, where it has no HA port."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """What its properties file holds; `plan.broker_properties` adds them last."""
    unchecked: frozenset[str] = frozenset()
    """The names of those from `uncheckedProperties`."""

    @property
    def role(self) -> str:
        """Return its role as RocketMQ spells it."""
        return self.broker_role.value

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return `listenPort`, what RocketMQ derives from it, and the port of its election.

        `fast`, the port of the clients' VIP channel, cannot be configured.
        """
        ports = {"listen": self.port, "fast": self.port - 2}
        if self.dledger_port is None:
            return {**ports, "ha": self.port + 1}
        return {**ports, "dledger": self.dledger_port}

    @property
    def broker_id(self) -> int | None:
        """Return RocketMQ's `brokerId`; None if an election decides it."""
        return None if self.broker_role is BrokerRole.REPLICA else self.position

    @property
    def self_id(self) -> str:
        """Return its id in an election: letters and digits, such as n0."""
        return f"n{self.position}"

    @property
    def is_master(self) -> bool:
        """Return whether it is always a master; an elected one may be at times."""
        return self.broker_id == 0

    @property
    def placement(self) -> Mapping[str, str | int]:
        """Return where it is, as `deployed_state_of` reads it from the state."""
        return {"host": self.host.name, "slot": self.slot}

    @property
    def unchecked_properties(self) -> Mapping[str, str]:
        """Return the properties that are passed on without a check, sorted by name."""
        return {name: self.properties[name] for name in sorted(self.unchecked)}

    @property
    def permission(self) -> int:
        """Return RocketMQ's `brokerPermission` outside a drain: 4 to read, 2 to write."""
        return int(self.properties.get("brokerPermission", READ_AND_WRITE))


@dataclass(frozen=True, kw_only=True)
class ProxySpec(Process):
    """One proxy, which serves the gRPC clients of RocketMQ 5."""

    kind = Kind.PROXY
    remoting_port: int

    @property
    def own_ports(self) -> Mapping[str, int]:
        """Return its two ports for clients."""
        return {"grpc": self.port, "remoting": self.remoting_port}

    @property
    def remoting_address(self) -> str:
        """Return `ip:port` for clients that speak the remoting protocol."""
        return f"{self.host.address}:{self.remoting_port}"


@dataclass(frozen=True, kw_only=True)
class ConsoleSpec(Process):
    """The web console, which watches the cluster and is no part of it."""

    kind = Kind.CONSOLE
    console_kind: ConsoleKind
    password_generation: int
    jar: Archive | None = None
    """Only for `kind: dashboard`."""

    @property
    def has_home(self) -> bool:
        """Return whether it is the dashboard, a JVM that writes files."""
        return self.console_kind is ConsoleKind.DASHBOARD

    @property
    def login_file(self) -> PurePosixPath:
        """Return the file of the users who may log in."""
        if self.console_kind is ConsoleKind.DASHBOARD:
            return self.paths.conf_file
        return self.paths.conf_file.with_name("login")

    @property
    def url(self) -> str:
        """Return the address to open in a browser."""
        return f"http://{self.address}"
