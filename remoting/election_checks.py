"""The checks that gate the start of a cluster whose masters are elected; all have a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.checks import Nudger
from remoting.connection import Connection
from remoting.controllers import controller_leader
from remoting.elections import GroupOffsets, GroupWatch, elected_master
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.requests import broker_config, cluster_info

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remoting.elections import ElectedGroup


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
