"""What watchers would have seen of a plan, for tests that look at no cluster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from console.compare.cluster import ClusterView, view_cluster
from console.configuration import Configuration
from console.observe.state import DOWN, UP, BrokerFacts, Look, Sight
from remoting.plan.plan import DLEDGER, Plan, PlannedBroker, parse_plan
from remoting.protocol.connection import split_address
from remoting.requests.admin import HaConnection, HaStatus, ListedBroker

AT = 1_800_000_000.0
VERSION = "5.3.2"
HELD = 5_000_000
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
"""As a verification leaves it."""


def facts(**changes: Any) -> BrokerFacts:
    usual: dict[str, Any] = {
        "version": VERSION,
        "booted_at": AT - 3600,
        "max_offset": HELD,
        "put_total": 100,
        "get_total": 50,
        "disk_used": 0.25,
        "accepts_sends_from": 0.0,
        "ha": None,
        "role": "SYNC_MASTER",
        "permission": 6,
    }
    return BrokerFacts(**{**usual, **changes})


def copied_by(*ips: str, acked: int = HELD) -> HaStatus:
    """A master's replication, with a connection from each of these."""
    connections = tuple(HaConnection(ip, acked) for ip in ips)
    return HaStatus(is_master=True, max_offset=HELD, connections=connections)


COPIES = HaStatus(is_master=False, max_offset=0, connections=())


def healthy(plan: Plan) -> Sight:
    """Every process answers, and is what it should be; the first replica of a group leads."""
    sight = Sight()
    listed: dict[str, ListedBroker] = {}
    for group in dict.fromkeys(broker.group for broker in plan.brokers):
        members = plan.replicas_of(group)
        addresses = {number: member.address for number, member in enumerate(members)}
        listed[group] = ListedBroker(group, plan.cluster, addresses)
        for member in members:
            said = _usual(member, members, plan)
            sight.brokers[member.name] = Look(AT, UP, facts=said, began=AT)
    for server in plan.name_servers:
        sight.name_servers[server.name] = Look(AT, UP, facts=dict(listed))
    for controller in plan.controllers:
        sight.controllers[controller.name] = Look(AT, UP, facts=plan.controllers[0].address)
    for proxy in plan.proxies:
        sight.proxies[proxy.name] = Look(AT, UP, facts=True)
    return sight


def _usual(member: PlannedBroker, members: tuple[PlannedBroker, ...], plan: Plan) -> BrokerFacts:
    role = "ASYNC_MASTER" if plan.has_elections else member.role
    if plan.election == DLEDGER:
        return facts(role=role)
    others = [split_address(other.address)[0] for other in members if other is not member]
    return facts(role=role, ha=copied_by(*others) if member is members[0] else COPIES)


def change(
    sight: Sight, name: str, *, at: float = AT, began: float | None = None, **changes: Any
) -> None:
    """Let a broker answer something else."""
    seen = sight.brokers[name].facts
    assert seen is not None
    asked_at = at if began is None else began
    sight.brokers[name] = Look(at, UP, facts=replace(seen, **changes), began=asked_at)


def lose(sight: Sight, *names: str, state: str = DOWN, cause: str = "Connection refused") -> None:
    """Let brokers stop to answer."""
    for name in names:
        sight.brokers[name] = Look(AT, state, cause)


def list_at(sight: Sight, group: str, addresses: dict[int, str], *servers: str) -> None:
    """Let name servers, all unless some are named, list a group's brokers."""
    for name in servers or tuple(sight.name_servers):
        table = dict(sight.name_servers[name].facts or {})
        table[group] = ListedBroker(group, "DefaultCluster", addresses)
        sight.name_servers[name] = Look(AT, UP, facts=table)


def seen_as(plan: dict[str, Any], sight: Sight | None = None, at: float = AT) -> ClusterView:
    """Return the view of a plan, healthy unless a sight is given."""
    parsed = parse_plan(plan)
    return view_cluster(parsed, CONFIGURATION, sight or healthy(parsed), (), at)
