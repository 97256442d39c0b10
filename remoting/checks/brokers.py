"""The checks that gate each step of a start; every one is bounded by a deadline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remoting.checks.configuration import compare_configuration
from remoting.checks.messages import VERIFICATION_TOPIC, check_send_and_read
from remoting.checks.registration import BrokerIdentity, check_broker_registered
from remoting.checks.systemd import Step, unit_steps
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.replication.guard import ACCEPT_SENDS_FROM, AHEAD, GuardState
from remoting.replication.offsets import Offsets, compare_offsets
from remoting.requests.admin import broker_config, commit_log_max_offset, route_permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remoting.plan.plan import Plan, PlannedBroker


def check_in_sync(
    master: str, slaves: Sequence[str], deadline: Deadline, *, may_lag: bool = False
) -> Offsets:
    """Wait until every slave holds exactly what its master holds, or held when this began.

    Raises:
        SlaveAheadError: at once, when a slave holds more than its master.

    """
    look_at = f"store.log of {' and '.join(slaves)} and of {master}"
    check = Check("in-sync", f"{', '.join(slaves)} of master {master}", look_at)

    def held() -> int:
        with Connection(master, deadline.request_seconds) as connection:
            return commit_log_max_offset(connection)

    held_before = poll(held, check, deadline) if may_lag else None

    def attempt() -> Offsets:
        return compare_offsets(master, slaves, deadline.request_seconds, held_before)

    return poll(attempt, check, deadline)


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
