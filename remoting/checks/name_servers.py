"""The checks of a name server, and of the brokers that it lists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from remoting.checks.steps import Occasion, Step
from remoting.checks.systemd import unit_step
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.replication.elected_groups import elected_listing_problems
from remoting.requests.admin import cluster_info

if TYPE_CHECKING:
    from remoting.plan.plan import Plan, PlannedNameServer
    from remoting.requests.admin import ListedBroker


def check_name_server_ready(address: str, deadline: Deadline) -> str:
    """Wait until a name server answers."""
    check = Check("name-server-ready", address, "the name server's namesrv.log and its unit")

    def attempt(seconds: float) -> str:
        with Connection(address, seconds) as connection:
            cluster_info(connection)
        return "answers"

    return poll(attempt, check, deadline)


def name_server_steps(plan: Plan, server: PlannedNameServer) -> list[Step]:
    """Return the checks of a name server."""
    ready = partial(check_name_server_ready, server.address)
    return [unit_step(server.unit), Step("ready", ready), listing_step(plan, server)]


def listing_step(plan: Plan, server: PlannedNameServer) -> Step:
    """Return the check that a name server lists the planned brokers and no other."""
    check = Check("lists-planned", server.address, f"namesrv.log of {server.name}")

    def listed(seconds: float) -> str:
        with Connection(server.address, seconds) as connection:
            problems = listing_problems(plan, cluster_info(connection))
        if problems:
            raise NotYetError("; ".join(problems))
        return f"{len(plan.brokers)} brokers"

    return Step("lists-planned", partial(poll, listed, check), Occasion.VERIFICATION)


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
