"""The checks that gate the start of a cluster whose masters are elected; all have a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.checks.brokers import configuration_step, permission_step, routed_step
from remoting.checks.messages import VERIFICATION_TOPIC, check_send_and_read
from remoting.checks.registration import Nudger
from remoting.checks.systemd import Step, unit_steps
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.replication.elected_groups import (
    GroupOffsets,
    GroupWatch,
    elected_master,
    planned_group,
)
from remoting.requests.admin import broker_config, cluster_info
from remoting.requests.controllers import controller_leader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remoting.plan.plan import Plan, PlannedBroker, PlannedController
    from remoting.polling import Deadline
    from remoting.replication.elected_groups import ElectedGroup


def check_controller_ready(address: str, deadline: Deadline, planned: Sequence[str] = ()) -> str:
    """Wait until a controller knows a leader, one of `planned` if given; return its address."""
    look_at = f"controller.log and dledger.log of {address}, and whether most controllers run"
    check = Check("controller-ready", address, look_at)

    def attempt() -> str:
        with Connection(address, deadline.request_seconds) as connection:
            leader = controller_leader(connection)
        if not leader:
            cause = f"{address} answers, but knows no leading controller"
            raise NotYetError(cause)
        if planned and leader not in planned:
            cause = f"{address} follows {leader}, which is none of {', '.join(planned)}"
            raise NotYetError(cause)
        return leader

    return poll(attempt, check, deadline)


def check_replica_registered(
    name_servers: Sequence[str],
    group: ElectedGroup,
    address: str,
    deadline: Deadline,
    *,
    nudge: bool,
) -> int:
    """Wait until every name server lists a replica under whatever id; return the nudges."""
    look_at = f"broker.log of {address} and its unit"
    check = Check("replica-registered", f"{address} of {group.name}", look_at)
    nudger = Nudger(address)

    def attempt() -> int:
        try:
            for name_server in name_servers:
                _require_listed(name_server, group, address, deadline.request_seconds)
        except NotYetError as unlisted:
            if nudge:
                _nudge_once_it_has_a_role(nudger, unlisted, deadline)
            raise
        return nudger.count

    return poll(attempt, check, deadline)


def _require_listed(
    name_server: str, group: ElectedGroup, address: str, timeout_seconds: float
) -> None:
    with Connection(name_server, timeout_seconds) as connection:
        listed = cluster_info(connection).get(group.name)
    if listed is None or address not in listed.addresses.values():
        cause = f"name server {name_server} does not list it"
        raise NotYetError(cause)
    if listed.cluster != group.cluster:
        cause = f"name server {name_server} lists it in cluster {listed.cluster}"
        raise NotYetError(cause)


def _nudge_once_it_has_a_role(nudger: Nudger, unlisted: NotYetError, deadline: Deadline) -> None:
    # Nudged before its role is decided, a replica would be listed under the id -1.
    with Connection(nudger.address, deadline.request_seconds) as connection:
        broker_id = broker_config(connection).get("brokerId", "")
    if not broker_id.isdecimal():
        cause = f"{unlisted}, and {nudger.address} is neither master nor slave yet"
        raise NotYetError(cause)
    nudger.nudge(deadline.request_seconds, unlisted)


def check_elected(name_servers: Sequence[str], group: ElectedGroup, deadline: Deadline) -> str:
    """Wait until every name server lists exactly a group's replicas and the same master."""
    check = Check("elected", group.name, _logs_of(group))
    return poll(
        lambda: elected_master(name_servers, group, deadline.request_seconds), check, deadline
    )


def check_group_in_sync(watch: GroupWatch, deadline: Deadline) -> GroupOffsets:
    """Wait until every replica of a group holds what its elected master held before."""
    beside = f", controller.log of {', '.join(watch.controllers)}" if watch.controllers else ""
    check = Check("group-in-sync", watch.group.name, _logs_of(watch.group) + beside)
    return poll(lambda: watch.compare(deadline.request_seconds), check, deadline)


def _logs_of(group: ElectedGroup) -> str:
    return f"broker.log and store.log of {', '.join(group.replicas)}"


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
