"""The checks of a broker; each is bounded by a deadline."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from remoting.checks.configuration import compare_configuration
from remoting.checks.messages import VERIFICATION_TOPIC, check_send_and_read
from remoting.checks.registration import registration_steps
from remoting.checks.steps import ALWAYS, Occasion, Step
from remoting.checks.systemd import unit_step
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
    """Wait until every slave holds exactly what its master holds; with `may_lag`, held at first.

    Raises:
        SlaveAheadError: at once, when a slave holds more than its master.

    """
    look_at = f"store.log of {' and '.join(slaves)} and of {master}"
    check = Check("in-sync", f"{', '.join(slaves)} of master {master}", look_at)

    def held(seconds: float) -> int:
        with Connection(master, seconds) as connection:
            return commit_log_max_offset(connection)

    held_before = poll(held, check, deadline) if may_lag else None
    compare = partial(compare_offsets, master, slaves, held_before=held_before)
    return poll(compare, check, deadline)


def broker_steps(plan: Plan, broker: PlannedBroker) -> list[Step]:
    """Return the checks of a master or slave; nothing is sent before all others have passed."""
    steps = [
        unit_step(broker.unit),
        *registration_steps(plan, broker),
        configuration_step(broker),
    ]
    if not broker.is_master:
        return [*steps, _in_sync_step(plan.master_of(broker), [broker], ALWAYS)]
    slaves = plan.slaves_of(broker)
    if slaves:
        # A master that may take messages alone is verified without its slaves, whose own checks
        # fail then. After its restart it waits for them all the same, before the next restart.
        verified = Occasion.VERIFICATION if broker.slave_required else Occasion.RESTART
        steps.append(_in_sync_step(broker, slaves, Occasion.RESTART | verified))
    return [
        *steps,
        permission_step(broker),
        Step("send-and-read", partial(_send_and_read, broker), Occasion.VERIFICATION),
        routed_step(plan, broker),
    ]


def _in_sync_step(
    master: PlannedBroker, slaves: Sequence[PlannedBroker], occasions: Occasion
) -> Step:
    """Return the check that slaves hold what their master holds.

    Slaves of a master that may take messages alone may lag: under constant writes they never
    hold all that it holds, so they must hold what it held when the check began.
    """
    addresses = [slave.address for slave in slaves]
    may_lag = not master.slave_required

    def in_sync(deadline: Deadline) -> str:
        offsets = check_in_sync(master.address, addresses, deadline, may_lag=may_lag)
        lowest = f"{min(offsets.slaves)} of " if may_lag else ""
        return f"at {lowest}{offsets.master} bytes"

    return Step("in-sync", in_sync, occasions)


def configuration_step(broker: PlannedBroker) -> Step:
    """Return the check that a broker runs with the properties that were rendered for it."""
    check = Check("configuration", broker.address, f"{broker.config_file} and broker.log")

    def configured(deadline: Deadline) -> str:
        return f"{poll(partial(compare_configuration, broker), check, deadline)} keys"

    return Step("configuration", configured)


def permission_step(broker: PlannedBroker) -> Step:
    """Return the check that a broker runs with the planned permission."""
    guard_files = f"the guard's state {broker.guard_state} and its unit's journal"
    look_at = guard_files if broker.guard_state else "its properties and its unit's journal"
    check = Check("permission", broker.address, look_at)

    def permission(seconds: float) -> str:
        with Connection(broker.address, seconds) as connection:
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

    return Step("permission", partial(poll, permission, check), Occasion.VERIFICATION)


def _send_and_read(broker: PlannedBroker, deadline: Deadline) -> str:
    sent = check_send_and_read(broker.address, broker.group, deadline)
    return f"{sent.status} in {sent.milliseconds} ms"


def routed_step(plan: Plan, broker: PlannedBroker) -> Step:
    """Return the check that name servers tell clients the planned permission of a group."""
    check = Check("routed", broker.group, "brokerPermission and namesrv.log")

    def routed(seconds: float) -> str:
        for server in plan.name_servers:
            with Connection(server.address, seconds) as connection:
                seen = route_permissions(connection, VERIFICATION_TOPIC).get(broker.group)
            if seen != broker.permission:
                cause = f"{server.name} tells clients permission {seen} for {broker.group}"
                raise NotYetError(cause)
        return f"clients see permission {broker.permission}"

    return Step("routed", partial(poll, routed, check), Occasion.VERIFICATION)
