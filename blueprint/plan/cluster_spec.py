"""The plan of a cluster: hosts, processes, and what holds for all of them."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import CONF
from blueprint.plan.processes import (
    BrokerSpec,
    ConsoleSpec,
    ControllerSpec,
    NameServerSpec,
    Process,
    ProxySpec,
)
from blueprint.rocketmq.schemes import (
    IN_PLACE,
    TRAITS,
    BrokerRole,
    Election,
    Replication,
    Scheme,
    SchemeTraits,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterSpec:
    """The whole plan, which components/ turns into resources."""

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
        """Return what elects the master of a group."""
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
        """Return the brokers that are always masters."""
        return tuple(broker for broker in self.brokers if broker.is_master)

    @property
    def slaves(self) -> tuple[BrokerSpec, ...]:
        """Return the slaves of these masters."""
        return tuple(broker for broker in self.brokers if broker.broker_role is BrokerRole.SLAVE)

    @property
    def elected(self) -> tuple[BrokerSpec, ...]:
        """Return the replicas that elect their master."""
        return tuple(b for b in self.brokers if b.broker_role is BrokerRole.REPLICA)

    def group_of(self, broker: BrokerSpec) -> tuple[BrokerSpec, ...]:
        """Return the brokers of its group, including itself."""
        return tuple(other for other in self.brokers if other.group == broker.group)

    def slaves_of(self, master: BrokerSpec) -> tuple[BrokerSpec, ...]:
        """Return the slaves of the master's group."""
        return tuple(slave for slave in self.slaves if slave.group == master.group)

    def is_guarded(self, broker: BrokerSpec) -> bool:
        """Return whether the broker starts drained, until it has been compared with its slaves."""
        return broker.is_master and self.replicas > 1

    @property
    def slave_required(self) -> bool:
        """Return whether a master accepts messages only while a slave stores them, too."""
        return self.scheme is Scheme.SYNC and self.replication is Replication.STRICT

    def former_conf_files(self, process: Process) -> tuple[PurePosixPath, ...]:
        """Return where the configuration was under the schemes that can be switched in place."""
        if not isinstance(process, BrokerSpec) or self.scheme not in IN_PLACE:
            return ()
        folders = sorted(scheme.value for scheme in IN_PLACE if scheme is not self.scheme)
        return tuple(CONF / folder / process.paths.conf_file.name for folder in folders)

    @property
    def processes(self) -> tuple[Process, ...]:
        """Return every process but the console, in the order in which they must be ready."""
        brokers = (*self.masters, *self.slaves, *self.elected)
        return (*self.name_servers, *self.controllers, *brokers, *self.proxies)

    @property
    def services(self) -> tuple[Process, ...]:
        """Return every process, the console last if there is one."""
        return self.processes if self.console is None else (*self.processes, self.console)

    def services_on(self, host: HostSpec) -> tuple[Process, ...]:
        """Return the host's processes in the order in which they must be ready."""
        return tuple(service for service in self.services if service.host == host)
