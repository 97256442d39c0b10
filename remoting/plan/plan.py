"""The plan that the checks compare a cluster with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from remoting.errors import PlanError
from remoting.plan.json_reader import Section

if TYPE_CHECKING:
    from pathlib import Path

NO_ELECTION, DLEDGER, CONTROLLER = "none", "dledger", "controller"
ELECTIONS = (NO_ELECTION, DLEDGER, CONTROLLER)
MASTER_ROLES = ("SYNC_MASTER", "ASYNC_MASTER")
REPLICA = "REPLICA"
ROLES = (*MASTER_ROLES, "SLAVE")
ELECTED_ID = -1
"""What RocketMQ writes for the id of a replica before an election decides it."""


@dataclass(frozen=True)
class PlannedProcess:
    """One process, on which host and at which `ip:port`."""

    name: str
    host: str
    address: str
    unit: str
    log: str


class PlannedNameServer(PlannedProcess):
    """A name server."""

    role = "name server"


class PlannedController(PlannedProcess):
    """One of the processes that elect the masters of all groups."""

    role = "controller"


@dataclass(frozen=True)
class PlannedBroker(PlannedProcess):
    """A broker; `group` is RocketMQ's brokerName, `permission` its brokerPermission."""

    group: str
    broker_id: int
    """`ELECTED_ID` for a replica."""
    role: str
    permission: int
    config_file: str
    """The path of its rendered properties, on its own host."""
    guard_state: str | None
    slave_required: bool
    """Whether a master stays drained without its slave."""

    @property
    def is_master(self) -> bool:
        """Return whether it is a planned master; a replica never is."""
        return self.role in MASTER_ROLES


@dataclass(frozen=True)
class PlannedProxy(PlannedProcess):
    """A proxy; `address` serves gRPC clients, `remoting_address` all others."""

    role = "proxy"
    remoting_address: str


AnyProcess = Union[PlannedNameServer, PlannedController, PlannedBroker, PlannedProxy]


@dataclass(frozen=True)
class PlannedMetrics:
    """Where Prometheus scrapes the metrics of a process."""

    name: str
    host: str
    address: str


@dataclass(frozen=True)
class Plan:
    """A whole cluster."""

    cluster: str
    election: str
    """Who elects the master of each group; `none` if masters are planned."""
    hosts: tuple[str, ...]
    """All hosts, including those without a process."""
    name_servers: tuple[PlannedNameServer, ...]
    controllers: tuple[PlannedController, ...]
    brokers: tuple[PlannedBroker, ...]
    proxies: tuple[PlannedProxy, ...]
    metrics: tuple[PlannedMetrics, ...]

    @property
    def processes(self) -> tuple[AnyProcess, ...]:
        """Return every process; the roll-out takes masters before slaves."""
        return (*self.name_servers, *self.controllers, *self.brokers, *self.proxies)

    @property
    def has_elections(self) -> bool:
        """Return whether masters are elected, not planned."""
        return self.election != NO_ELECTION

    def process_named(self, name: str) -> AnyProcess:
        """Return a process by its name, or raise a PlanError with the known ones."""
        named = {process.name: process for process in self.processes}
        if name not in named:
            key = "process"
            raise PlanError(key, name, ", ".join(named))
        return named[name]

    def replicas_of(self, group: str) -> tuple[PlannedBroker, ...]:
        """Return all brokers of a group."""
        return tuple(broker for broker in self.brokers if broker.group == group)

    def groups_on(self, host: str) -> tuple[str, ...]:
        """Return the groups with a replica on a host, each once."""
        return tuple(dict.fromkeys(one.group for one in self.brokers if one.host == host))

    def slaves_of(self, master: PlannedBroker) -> tuple[PlannedBroker, ...]:
        """Return the slaves of a master's group."""
        group = self.replicas_of(master.group)
        return tuple(broker for broker in group if not broker.is_master)

    def master_of(self, slave: PlannedBroker) -> PlannedBroker:
        """Return the master of a slave's group; `parse_plan` ensures that there is one."""
        return next(broker for broker in self.replicas_of(slave.group) if broker.is_master)

    def master_named(self, name: str) -> PlannedBroker:
        """Return a master by its name, or raise a PlanError with the known ones."""
        masters = {broker.name: broker for broker in self.brokers if broker.is_master}
        if name not in masters:
            known = f"a master ({', '.join(masters)})"
            key, allowed = "brokers", known if masters else "none, since masters are elected"
            raise PlanError(key, name, allowed)
        return masters[name]


def read_plan(path: Path) -> Plan:
    """Read and parse a plan file.

    Raises:
        PlanError: the file is missing, not JSON, or not a usable plan.

    """
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        key, allowed = "(file)", f"a readable JSON file ({error})"
        raise PlanError(key, str(path), allowed) from error
    return parse_plan(document)


def parse_plan(document: object) -> Plan:
    """Turn decoded JSON into a plan.

    Raises:
        PlanError: a key is missing, has a wrong type, or contradicts another.

    """
    root = Section("", document)
    election = root.choice("election", ELECTIONS)
    servers, brokers = root.sections("nameServers"), root.sections("brokers")
    plan = Plan(
        cluster=root.text("cluster"),
        election=election,
        hosts=root.names("hosts"),
        name_servers=tuple(PlannedNameServer(**_process(section)) for section in servers),
        controllers=_controllers(root, election),
        brokers=tuple(_broker(section, election) for section in brokers),
        proxies=tuple(
            PlannedProxy(**_process(one), remoting_address=one.address("remotingAddress"))
            for one in root.sections("proxies", may_be_empty=True)
        ),
        metrics=tuple(
            PlannedMetrics(one.text("name"), one.text("host"), one.address("address"))
            for one in root.sections("metrics", may_be_empty=True)
        ),
    )
    if not plan.has_elections:
        _require_one_master_per_group(plan)
    return plan


def _require_one_master_per_group(plan: Plan) -> None:
    for broker in plan.brokers:
        masters = [one.name for one in plan.replicas_of(broker.group) if one.is_master]
        if len(masters) != 1:
            key = f"brokers[{broker.name}].group"
            raise PlanError(key, masters, "exactly one master per group")


def _controllers(root: Section, election: str) -> tuple[PlannedController, ...]:
    sections = root.sections("controllers", may_be_empty=election != CONTROLLER)
    if sections and election != CONTROLLER:
        names, allowed = [one.text("name") for one in sections], f"none with election {election}"
        raise PlanError(root.path("controllers"), names, allowed)
    return tuple(PlannedController(**_process(section)) for section in sections)


def _process(section: Section) -> dict[str, str]:
    texts = {key: section.text(key) for key in ("name", "host", "unit", "log")}
    return {**texts, "address": section.address("address")}


def _broker(section: Section, election: str) -> PlannedBroker:
    role = section.choice("role", ROLES if election == NO_ELECTION else (REPLICA,))
    return PlannedBroker(
        **_process(section),
        group=section.text("group"),
        broker_id=_broker_id(section, role),
        role=role,
        permission=section.number("permission"),
        config_file=section.text("configFile"),
        guard_state=section.text_or_none("guardState"),
        slave_required=section.flag("slaveRequired"),
    )


def _broker_id(section: Section, role: str) -> int:
    if role == REPLICA:
        section.null("id", "null for a replica")
        section.null("guardState", "null for a replica")
        return ELECTED_ID
    broker_id = section.number("id")
    if (broker_id == 0) != (role in MASTER_ROLES):
        raise PlanError(section.path("id"), broker_id, "0 for a master, above 0 for a slave")
    return broker_id
