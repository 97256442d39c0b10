"""The checks of controllers and of groups that elect their master; each has a deadline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from remoting.checks.brokers import configuration_step, permission_step, routed_step
from remoting.checks.messages import check_send_and_read
from remoting.checks.registration import registration_steps
from remoting.checks.steps import ROLL_OUT, Occasion, Step
from remoting.checks.systemd import unit_step
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.replication.elected_groups import (
    GroupComparison,
    GroupOffsets,
    elected_master,
    planned_group,
)
from remoting.requests.controllers import controller_leader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remoting.plan.plan import Plan, PlannedBroker, PlannedController
    from remoting.replication.elected_groups import ElectedGroup


def check_controller_ready(address: str, planned: Sequence[str], deadline: Deadline) -> str:
    """Wait until a controller knows a leader, one of `planned`; return which."""
    look_at = f"controller.log and dledger.log of {address}, and whether most controllers run"
    check = Check("controller-ready", address, look_at)

    def attempt(seconds: float) -> str:
        with Connection(address, seconds) as connection:
            leader = controller_leader(connection)
        if not leader:
            cause = f"{address} answers, but knows no leading controller"
            raise NotYetError(cause)
        if leader not in planned:
            cause = f"{address} follows {leader}, which is none of {', '.join(planned)}"
            raise NotYetError(cause)
        return f"led by {leader}"

    return poll(attempt, check, deadline)


def check_elected(name_servers: Sequence[str], group: ElectedGroup, deadline: Deadline) -> str:
    """Wait until every name server lists exactly a group's replicas and the same master."""
    check = Check("elected", group.name, _logs_of(group))
    return poll(partial(elected_master, name_servers, group), check, deadline)


def check_group_in_sync(comparison: GroupComparison, deadline: Deadline) -> GroupOffsets:
    """Wait until every replica of a group holds what its elected master held before."""
    look_at = _logs_of(comparison.group)
    if comparison.controllers:
        look_at += f", controller.log of {', '.join(comparison.controllers)}"
    check = Check("group-in-sync", comparison.group.name, look_at)
    return poll(comparison.compare, check, deadline)


def _logs_of(group: ElectedGroup) -> str:
    return f"broker.log and store.log of {', '.join(group.replicas)}"


def controller_steps(plan: Plan, controller: PlannedController) -> list[Step]:
    """Return the checks of a controller."""
    planned = [one.address for one in plan.controllers]
    ready = partial(check_controller_ready, controller.address, planned)
    return [unit_step(controller.unit), Step("ready", ready)]


def replica_steps(plan: Plan, replica: PlannedBroker) -> list[Step]:
    """Return the checks of a replica, whichever of its group is elected.

    The roll-out waits for the whole group when the turn of its last replica comes, or when a
    replica was restarted; a verification checks the group by itself.
    """
    group = planned_group(plan, replica.group)
    is_last = replica == plan.replicas_of(replica.group)[-1]
    return [
        unit_step(replica.unit),
        *registration_steps(plan, replica),
        configuration_step(replica),
        permission_step(replica),
        *_election_steps(plan, group, ROLL_OUT if is_last else Occasion.RESTART),
    ]


def group_steps(plan: Plan, name: str) -> list[Step]:
    """Return the checks of a group; nothing is sent before it is elected and in sync."""
    name_servers = [server.address for server in plan.name_servers]
    group = planned_group(plan, name)

    def send_and_read(deadline: Deadline) -> str:
        master = check_elected(name_servers, group, deadline)
        sent = check_send_and_read(master, name, deadline)
        return f"{sent.status} in {sent.milliseconds} ms from {master}"

    return [
        *_election_steps(plan, group, Occasion.VERIFICATION),
        Step("send-and-read", send_and_read, Occasion.VERIFICATION),
        # All replicas of a group have the same permission.
        routed_step(plan, plan.replicas_of(name)[0]),
    ]


def _election_steps(plan: Plan, group: ElectedGroup, occasions: Occasion) -> list[Step]:
    name_servers = [server.address for server in plan.name_servers]
    controllers = [controller.address for controller in plan.controllers]

    def elected(deadline: Deadline) -> str:
        return f"{check_elected(name_servers, group, deadline)} is the master"

    def in_sync(deadline: Deadline) -> str:
        found = check_group_in_sync(GroupComparison(name_servers, group, controllers), deadline)
        return f"at {found.offsets[found.master]} bytes"

    return [Step("elected", elected, occasions), Step("in-sync", in_sync, occasions)]
