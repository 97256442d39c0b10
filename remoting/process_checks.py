"""The checks of one planned process, in the order in which each builds on the one before."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remoting.checks import (
    VERIFICATION_TOPIC,
    BrokerIdentity,
    check_broker_registered,
    check_in_sync,
    check_name_server_ready,
    check_send_and_read,
)
from remoting.configuration import compare_configuration
from remoting.connection import Connection
from remoting.elections import elected_listing_problems
from remoting.errors import NotYetError
from remoting.guard import ACCEPT_SENDS_FROM, AHEAD, GuardState
from remoting.polling import Check, Deadline, poll
from remoting.requests import broker_config, cluster_info, route_permissions

if TYPE_CHECKING:
    from collections.abc import Callable

    from remoting.plan import Plan, PlannedBroker, PlannedNameServer
    from remoting.requests import ListedBroker

_SYSTEMCTL_SECONDS = 10
_STOPPED = ("inactive", "failed")


@dataclass(frozen=True)
class Step:
    """One named check; `run` returns what it found, or raises a RemotingError."""

    name: str
    run: Callable[[], str]


def name_server_steps(
    plan: Plan, server: PlannedNameServer, deadline: Deadline, *, check_units: bool
) -> list[Step]:
    """Return the checks of a name server on this host."""

    def ready() -> str:
        check_name_server_ready(server.address, deadline)
        return "answers"

    units = unit_steps(server.unit, deadline, check_units=check_units)
    return [*units, Step("ready", ready), listing_step(plan, server, deadline)]


def listing_step(plan: Plan, server: PlannedNameServer, deadline: Deadline) -> Step:
    """Return the check that a name server lists the planned brokers and no other."""
    check = Check("lists-planned", server.address, f"namesrv.log of {server.name}")

    def attempt() -> str:
        with Connection(server.address, deadline.request_seconds) as connection:
            problems = listing_problems(plan, cluster_info(connection))
        if problems:
            raise NotYetError("; ".join(problems))
        return f"{len(plan.brokers)} brokers"

    return Step("lists-planned", lambda: poll(attempt, check, deadline))


def listing_problems(plan: Plan, listed: dict[str, ListedBroker]) -> list[str]:
    """Name every broker that is missing, misplaced or not planned."""
    if plan.has_elections:
        return elected_listing_problems(plan, listed)
    planned = {(broker.group, broker.broker_id): broker for broker in plan.brokers}
    problems: list[str] = []
    for (group, broker_id), broker in planned.items():
        address = listed[group].addresses.get(broker_id) if group in listed else None
        if address is None:
            problems.append(f"{broker.name} ({broker.address}) is missing")
        elif address != broker.address:
            problems.append(f"{broker.name} is listed at {address} instead of {broker.address}")
    for name, entry in sorted(listed.items()):
        if entry.cluster != plan.cluster:
            problems.append(f"{name} belongs to cluster {entry.cluster} instead of {plan.cluster}")
        for broker_id, address in sorted(entry.addresses.items()):
            if (name, broker_id) not in planned:
                problems.append(f"{name} id {broker_id} at {address} is not planned")
    return problems


def broker_steps(
    plan: Plan, broker: PlannedBroker, deadline: Deadline, *, check_units: bool
) -> list[Step]:
    """Return the checks of a broker on this host; nothing is sent before all others passed."""
    units = unit_steps(broker.unit, deadline, check_units=check_units)
    steps = [*units, Step("registered", lambda: _registered(plan, broker, deadline))]
    steps.append(configuration_step(broker, deadline))
    if not broker.is_master:
        return [*steps, Step("in-sync", lambda: _slave_in_sync(plan, broker, deadline))]
    slaves = [slave.address for slave in plan.slaves_of(broker)]
    # A master that may go on alone is sound without its slave: the slave's own checks fail then.
    if slaves and broker.slave_required:
        steps.append(Step("in-sync", lambda: _in_sync(broker.address, slaves, deadline)))
    return [
        *steps,
        permission_step(broker, deadline),
        Step("send-and-read", lambda: _send_and_read(broker, deadline)),
        routed_step(plan, broker, deadline),
    ]


def _registered(plan: Plan, broker: PlannedBroker, deadline: Deadline) -> str:
    identity = BrokerIdentity(plan.cluster, broker.group, broker.broker_id, broker.address)
    addresses = [server.address for server in plan.name_servers]
    check_broker_registered(addresses, identity, deadline, nudge=False)
    return f"on {len(addresses)} name servers"


def _in_sync(master: str, slaves: list[str], deadline: Deadline) -> str:
    return f"at {check_in_sync(master, slaves, deadline).master} bytes"


def _slave_in_sync(plan: Plan, slave: PlannedBroker, deadline: Deadline) -> str:
    master, slaves = plan.master_of(slave), [slave.address]
    if master.slave_required:
        return _in_sync(master.address, slaves, deadline)
    offsets = check_in_sync(master.address, slaves, deadline, may_lag=True)
    return f"at {min(offsets.slaves)} of {offsets.master} bytes"


def configuration_step(broker: PlannedBroker, deadline: Deadline) -> Step:
    """Return the check that a broker runs with the properties that were rendered for it."""
    check = Check("configuration", broker.address, f"{broker.config_file} and broker.log")

    def attempt() -> str:
        return f"{compare_configuration(broker, deadline.request_seconds)} keys"

    return Step("configuration", lambda: poll(attempt, check, deadline))


def permission_step(broker: PlannedBroker, deadline: Deadline) -> Step:
    """Return the check that a broker runs with the planned permission."""
    return Step("permission", lambda: _permission(broker, deadline))


def _permission(broker: PlannedBroker, deadline: Deadline) -> str:
    guard_files = f"the guard's state {broker.guard_state} and its unit's journal"
    look_at = guard_files if broker.guard_state else "its properties and its unit's journal"
    check = Check("permission", broker.address, look_at)

    def attempt() -> str:
        with Connection(broker.address, deadline.request_seconds) as connection:
            config = broker_config(connection)
        wanted = {"brokerPermission": str(broker.permission), ACCEPT_SENDS_FROM: "0"}
        others = {key: config.get(key) for key in wanted if config.get(key) != wanted[key]}
        if not others:
            return f"brokerPermission={broker.permission}"
        guard = GuardState.read(Path(broker.guard_state)) if broker.guard_state else None
        reason = f"; its guard is {guard.state}: {guard.reason}" if guard else ""
        drained = NotYetError(
            ", ".join(f"{key} is {others[key]} instead of {wanted[key]}" for key in others)
            + reason
        )
        if guard and guard.state == AHEAD:
            raise check.failure(drained)
        raise drained

    return poll(attempt, check, deadline)


def _send_and_read(broker: PlannedBroker, deadline: Deadline) -> str:
    sent, _ = check_send_and_read(broker.address, broker.group, VERIFICATION_TOPIC, deadline)
    return f"{sent.status} in {sent.milliseconds} ms"


def routed_step(plan: Plan, broker: PlannedBroker, deadline: Deadline) -> Step:
    """Return the check that clients are told the planned permission of a broker's group."""
    return Step("routed", lambda: _routed(plan, broker, deadline))


def _routed(plan: Plan, broker: PlannedBroker, deadline: Deadline) -> str:
    check = Check("routed", broker.group, "brokerPermission and namesrv.log")

    def attempt() -> str:
        for server in plan.name_servers:
            with Connection(server.address, deadline.request_seconds) as connection:
                told = route_permissions(connection, VERIFICATION_TOPIC).get(broker.group)
            if told != broker.permission:
                cause = f"{server.name} tells clients permission {told} for {broker.group}"
                raise NotYetError(cause)
        return f"clients see permission {broker.permission}"

    return poll(attempt, check, deadline)


def unit_steps(unit: str, deadline: Deadline, *, check_units: bool) -> list[Step]:
    """Return the check that systemd runs a unit and starts it at boot; none if unwanted."""
    return [Step("unit", lambda: _unit_active(unit, deadline))] if check_units else []


def _unit_active(unit: str, deadline: Deadline) -> str:
    check = Check("unit", unit, f"`systemctl status {unit}`")

    def attempt() -> str:
        unit_state = _unit_state(unit, check)
        state, pid = unit_state.get("ActiveState", "unknown"), unit_state.get("MainPID", "0")
        if state == "active" and unit_state.get("UnitFileState", "enabled") != "enabled":
            disabled = NotYetError(f"the unit runs, but is {unit_state['UnitFileState']}")
            raise check.failure(disabled)
        if state == "active" and pid != "0":
            return f"pid {pid}"
        stopped = NotYetError(f"the unit is {state} with main pid {pid}")
        # While a host boots, the units to be started have a job; without one it stays stopped.
        if state in _STOPPED and unit_state.get("Job", "0") in {"", "0"}:
            raise check.failure(stopped)
        raise stopped

    return poll(attempt, check, deadline)


def _unit_state(unit: str, check: Check) -> dict[str, str]:
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        raise check.failure(NotYetError("this host has no systemctl"))
    command = [systemctl, "show", "--property=ActiveState,MainPID,Job,UnitFileState", "--", unit]
    try:
        shown = subprocess.run(  # noqa: S603 -- an argument list, no shell
            command, capture_output=True, text=True, check=True, timeout=_SYSTEMCTL_SECONDS
        ).stdout
    except subprocess.CalledProcessError as error:
        cause = f"systemctl: {error.stderr.strip()}"
        raise NotYetError(cause) from error
    except subprocess.TimeoutExpired as error:
        raise check.failure(NotYetError("systemctl does not answer")) from error
    return dict(line.partition("=")[::2] for line in shown.splitlines())
