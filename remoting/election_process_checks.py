"""The checks of controllers, of replicas that may be elected, and of the groups they form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.checks import VERIFICATION_TOPIC, check_send_and_read
from remoting.election_checks import (
    check_controller_ready,
    check_elected,
    check_group_in_sync,
    check_replica_registered,
)
from remoting.elections import GroupWatch, planned_group
from remoting.process_checks import (
    Step,
    configuration_step,
    permission_step,
    routed_step,
    unit_steps,
)

if TYPE_CHECKING:
    from remoting.plan import Plan, PlannedBroker, PlannedController
    from remoting.polling import Deadline


def controller_steps(
    plan: Plan, controller: PlannedController, deadline: Deadline, *, check_units: bool
) -> list[Step]:
    """Return the checks of a controller on this host."""

    def ready() -> str:
        planned = [one.address for one in plan.controllers]
        return f"led by {check_controller_ready(controller.address, deadline, planned)}"

    return [
        *unit_steps(controller.unit, deadline, check_units=check_units),
        Step("ready", ready),
    ]


def replica_steps(
    plan: Plan, replica: PlannedBroker, deadline: Deadline, *, check_units: bool
) -> list[Step]:
    """Return the checks of a replica on this host, whoever of its group is elected."""
    name_servers = [server.address for server in plan.name_servers]
    group = planned_group(plan, replica.group)

    def registered() -> str:
        check_replica_registered(name_servers, group, replica.address, deadline, nudge=False)
        return f"on {len(name_servers)} name servers"

    return [
        *unit_steps(replica.unit, deadline, check_units=check_units),
        Step("registered", registered),
        configuration_step(replica, deadline),
        permission_step(replica, deadline),
    ]


def group_steps(plan: Plan, name: str, deadline: Deadline) -> list[Step]:
    """Return the checks of a group; nothing is sent before it is elected and in sync."""
    name_servers = [server.address for server in plan.name_servers]
    controllers = [controller.address for controller in plan.controllers]
    group = planned_group(plan, name)

    def elected() -> str:
        return f"{check_elected(name_servers, group, deadline)} is the master"

    def in_sync() -> str:
        found = check_group_in_sync(GroupWatch(name_servers, group, controllers), deadline)
        return f"at {found.offsets[found.master]} bytes"

    def send_and_read() -> str:
        master = check_elected(name_servers, group, deadline)
        sent, _ = check_send_and_read(master, name, VERIFICATION_TOPIC, deadline)
        return f"{sent.status} in {sent.milliseconds} ms from {master}"

    return [
        Step("elected", elected),
        Step("in-sync", in_sync),
        Step("send-and-read", send_and_read),
        # All replicas of a group have the same permission.
        routed_step(plan, plan.replicas_of(name)[0], deadline),
    ]
