"""Read the plan that verification checks the world against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remoting.connection import split_address
from remoting.errors import AddressError, PlanError

if TYPE_CHECKING:
    from pathlib import Path

MASTER_ROLES = ("SYNC_MASTER", "ASYNC_MASTER")
ROLES = (*MASTER_ROLES, "SLAVE")


@dataclass(frozen=True)
class PlannedNameServer:
    """One name server process."""

    name: str
    host: str
    address: str
    unit: str
    log: str


@dataclass(frozen=True)
class PlannedBroker:
    """One broker process; `group` is RocketMQ's brokerName, `permission` its brokerPermission."""

    name: str
    host: str
    group: str
    broker_id: int
    role: str
    address: str
    permission: int
    config: dict[str, str]
    unit: str
    log: str
    guard_state: str | None

    @property
    def is_master(self) -> bool:
        """Tell a master from a slave."""
        return self.role in MASTER_ROLES


@dataclass(frozen=True)
class Plan:
    """A whole cluster."""

    cluster: str
    hosts: tuple[str, ...]
    """All of them, also one on which nothing is placed."""
    name_servers: tuple[PlannedNameServer, ...]
    brokers: tuple[PlannedBroker, ...]

    def slaves_of(self, master: PlannedBroker) -> tuple[PlannedBroker, ...]:
        """Return the slaves of a master's group."""
        group = (broker for broker in self.brokers if broker.group == master.group)
        return tuple(broker for broker in group if not broker.is_master)

    def master_of(self, slave: PlannedBroker) -> PlannedBroker:
        """Return the master of a slave's group; `parse_plan` made sure that there is one."""
        group = (broker for broker in self.brokers if broker.group == slave.group)
        return next(broker for broker in group if broker.is_master)

    def master_named(self, name: str) -> PlannedBroker:
        """Return a master by its own name.

        Raises:
            PlanError: the plan has no such master.

        """
        for broker in self.brokers:
            if broker.name == name and broker.is_master:
                return broker
        masters = ", ".join(broker.name for broker in self.brokers if broker.is_master)
        key = "brokers"
        raise PlanError(key, name, f"a master, of {masters}")


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
        PlanError: a key is missing, has the wrong type, or contradicts another.

    """
    root = _Section("", document)
    plan = Plan(
        cluster=root.text("cluster"),
        hosts=root.names("hosts"),
        name_servers=tuple(_name_server(section) for section in root.sections("nameServers")),
        brokers=tuple(_broker(section) for section in root.sections("brokers")),
    )
    for broker in plan.brokers:
        masters = [one for one in plan.brokers if one.group == broker.group and one.is_master]
        if len(masters) != 1:
            key, names = f"brokers[{broker.name}].group", [one.name for one in masters]
            raise PlanError(key, names, "exactly one master per group")
    return plan


def _name_server(section: _Section) -> PlannedNameServer:
    return PlannedNameServer(
        name=section.text("name"),
        host=section.text("host"),
        address=section.address("address"),
        unit=section.text("unit"),
        log=section.text("log"),
    )


def _broker(section: _Section) -> PlannedBroker:
    role, broker_id = section.text("role"), section.number("id")
    if role not in ROLES:
        raise PlanError(section.path("role"), role, ", ".join(ROLES))
    if (broker_id == 0) != (role in MASTER_ROLES):
        raise PlanError(section.path("id"), broker_id, "0 for a master, above 0 for a slave")
    guard_state = section.values.get("guardState")
    return PlannedBroker(
        name=section.text("name"),
        host=section.text("host"),
        group=section.text("group"),
        broker_id=broker_id,
        role=role,
        address=section.address("address"),
        permission=section.number("permission"),
        config=section.texts("config"),
        unit=section.text("unit"),
        log=section.text("log"),
        guard_state=None if guard_state is None else section.text("guardState"),
    )


class _Section:
    """One JSON object of the plan, which knows its own path for error messages."""

    def __init__(self, prefix: str, values: object) -> None:
        if not isinstance(values, dict):
            raise PlanError(prefix or "(root)", values, "an object")
        self.prefix = prefix
        self.values: dict[str, Any] = values

    def path(self, key: str) -> str:
        return f"{self.prefix}.{key}" if self.prefix else key

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            raise PlanError(self.path(key), value, "a text that is not empty")
        return value

    def texts(self, key: str) -> dict[str, str]:
        value = self.values.get(key)
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise PlanError(self.path(key), value, "an object of texts")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise PlanError(self.path(key), value, "a list of names")
        return tuple(value)

    def number(self, key: str) -> int:
        value = self.values.get(key)
        if type(value) is not int or value < 0:
            raise PlanError(self.path(key), value, "a whole number from 0 on")
        return value

    def address(self, key: str) -> str:
        value = self.text(key)
        try:
            split_address(value)
        except AddressError as error:
            raise PlanError(self.path(key), value, "host:port") from error
        return value

    def sections(self, key: str) -> list[_Section]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            raise PlanError(self.path(key), value, "a list that is not empty")
        return [_Section(f"{self.path(key)}[{index}]", item) for index, item in enumerate(value)]
