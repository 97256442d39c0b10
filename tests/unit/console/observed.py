"""Observations of a plan's processes, for tests without a cluster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from console.compare.cluster import ClusterView, view_cluster
from console.configuration import Configuration
from console.observe.state import DOWN, UP, BrokerFacts, Observation, ObservedState
from remoting.plan.plan import DLEDGER, Plan, PlannedBroker, parse_plan
from remoting.protocol.connection import split_address
from remoting.requests.admin import HaConnection, HaStatus, ListedBroker

AT = 1_800_000_000.0
VERSION = "5.3.2"
LOG_BYTES = 5_000_000
"""Bytes in the log of every broker."""

CONFIGURATION = Configuration(
    listen="127.0.0.1:8080",
    scheme="2m-2s-sync",
    version=VERSION,
    plan=Path("plan.json"),
    login=Path("login"),
    verification=Path("verification.json"),
    every_seconds=2.0,
    request_seconds=1.0,
)


REPORT: dict[str, Any] = {
    "host": "server1",
    "ok": True,
    "at": "2026-01-02T03:04:05Z",
    "seconds": 1.5,
    "processes": [
        {
            "process": "broker-a",
            "role": "SYNC_MASTER",
            "address": "10.0.0.11:10911",
            "checks": [{"check": "registered", "ok": True, "detail": "by 2", "ms": 3.5}],
        }
    ],
}
"""As a verification writes it."""


def facts(**changes: Any) -> BrokerFacts:
    defaults: dict[str, Any] = {
        "version": VERSION,
        "booted_at": AT - 3600,
        "max_offset": LOG_BYTES,
        "put_total": 100,
        "get_total": 50,
        "disk_used": 0.25,
        "accepts_sends_from": 0.0,
        "ha": None,
        "role": "SYNC_MASTER",
        "permission": 6,
    }
    return BrokerFacts(**{**defaults, **changes})


def replicating_to(*ips: str, acked: int = LOG_BYTES) -> HaStatus:
    """Return the HA status of a master with a connection from each address."""
    connections = tuple(HaConnection(ip, acked) for ip in ips)
    return HaStatus(is_master=True, max_offset=LOG_BYTES, connections=connections)


SLAVE_HA = HaStatus(is_master=False, max_offset=0, connections=())


def healthy(plan: Plan) -> ObservedState:
    """Return a state in which every process is as planned; the first replica of a group leads."""
    observed = ObservedState()
    listed: dict[str, ListedBroker] = {}
    for group in dict.fromkeys(broker.group for broker in plan.brokers):
        members = plan.replicas_of(group)
        addresses = {number: member.address for number, member in enumerate(members)}
        listed[group] = ListedBroker(group, plan.cluster, addresses)
        for member in members:
            member_facts = _default_facts(member, members, plan)
            observed.brokers[member.name] = Observation(AT, UP, facts=member_facts, started_at=AT)
    for server in plan.name_servers:
        observed.name_servers[server.name] = Observation(AT, UP, facts=dict(listed))
    for controller in plan.controllers:
        observed.controllers[controller.name] = Observation(
            AT, UP, facts=plan.controllers[0].address
        )
    for proxy in plan.proxies:
        observed.proxies[proxy.name] = Observation(AT, UP, facts=True)
    return observed


def _default_facts(
    member: PlannedBroker, members: tuple[PlannedBroker, ...], plan: Plan
) -> BrokerFacts:
    role = "ASYNC_MASTER" if plan.has_elections else member.role
    if plan.election == DLEDGER:
        return facts(role=role)
    others = [split_address(other.address)[0] for other in members if other is not member]
    return facts(role=role, ha=replicating_to(*others) if member is members[0] else SLAVE_HA)


def change(
    observed: ObservedState,
    name: str,
    *,
    at: float = AT,
    started_at: float | None = None,
    **changes: Any,
) -> None:
    """Change facts of a broker."""
    before = observed.brokers[name].facts
    assert before is not None
    asked_at = at if started_at is None else started_at
    observed.brokers[name] = Observation(
        at, UP, facts=replace(before, **changes), started_at=asked_at
    )


def mark_down(
    observed: ObservedState, *names: str, state: str = DOWN, cause: str = "Connection refused"
) -> None:
    """Mark brokers as not answering."""
    for name in names:
        observed.brokers[name] = Observation(AT, state, cause)


def list_group(
    observed: ObservedState, group: str, addresses: dict[int, str], *servers: str
) -> None:
    """Let the given name servers, by default all, list a group's brokers."""
    for name in servers or tuple(observed.name_servers):
        table = dict(observed.name_servers[name].facts or {})
        table[group] = ListedBroker(group, "DefaultCluster", addresses)
        observed.name_servers[name] = Observation(AT, UP, facts=table)


def view_of_plan(
    plan: dict[str, Any], observed: ObservedState | None = None, at: float = AT
) -> ClusterView:
    """Return the view of a plan, by default of a healthy cluster."""
    parsed = parse_plan(plan)
    return view_cluster(parsed, CONFIGURATION, observed or healthy(parsed), (), at)
