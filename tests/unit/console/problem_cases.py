"""Faults in a healthy cluster, and the problems that the console reports for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.compare.cluster import view_cluster
from console.compare.problems import MAX_LAG_BYTES
from console.observe.state import DOWN, SILENT, Observation, ObservedState
from remoting.plan.plan import parse_plan
from tests.unit.console.observed import (
    AT,
    CONFIGURATION,
    LOG_BYTES,
    change,
    healthy,
    list_group,
    mark_down,
    replicating_to,
)
from tests.unit.remoting.plans import controller_plan, dledger_plan, plan_of, proxy, seed_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.compare.problems import Problem
    from remoting.verification.report import VerificationReport

    Fault = Callable[[ObservedState], object]


def problems_of(
    plan: dict[str, Any],
    fault: Fault | None = None,
    reports: tuple[VerificationReport, ...] = (),
) -> tuple[Problem, ...]:
    parsed = parse_plan(plan)
    observed = healthy(parsed)
    if fault is not None:
        fault(observed)
    return view_cluster(parsed, CONFIGURATION, observed, reports, AT).problems


def combined(*changes: Fault) -> Fault:
    return lambda observed: [change(observed) for change in changes]


def process_down(table: str, name: str, state: str = DOWN) -> Fault:
    """Mark a process other than a broker as not answering."""
    observation: Observation[Any] = Observation(AT, state, "Connection refused")
    return lambda observed: getattr(observed, table).update({name: observation})


def with_proxy() -> dict[str, Any]:
    seed = seed_plan()
    one = proxy(1, "10.0.0.11:8081", "10.0.0.11:8080")
    return plan_of(seed["nameServers"], seed["brokers"], proxies=[one])


A, A_S, PORT = "10.0.0.11:10911", "10.0.0.12:11911", "10.0.0.12:10999"
SERVERS = "namesrv-1, namesrv-2"
STOP = "do not write to this group; see docs/operations.md"
UNGUARDED = "its guard has not found its slaves in sync yet"
DRAINED_UNTIL = AT + 1e9
GUARD = "journalctl -u rocketmq-guard@broker-a.service"

PROBLEM_CASES: list[tuple[str, str, dict[str, Any], Fault]] = [
    (
        "clusterDead",
        "no broker answers: the cluster is dead",
        seed_plan(),
        lambda observed: mark_down(observed, "broker-a", "broker-a-s", "broker-b", "broker-b-s"),
    ),
    (
        "missing",
        f"broker-a is missing: planned on server1 at {A}, Connection refused",
        seed_plan(),
        lambda observed: mark_down(observed, "broker-a"),
    ),
    (
        "silent",
        f"broker-a is silent: on server1 at {A}, no answer within 1.0 s",
        seed_plan(),
        lambda observed: mark_down(
            observed, "broker-a", state=SILENT, cause="no answer within 1.0 s"
        ),
    ),
    (
        "nameServerDown",
        "name server namesrv-1 is down: server1 at 10.0.0.11:9876, Connection refused",
        seed_plan(),
        process_down("name_servers", "namesrv-1"),
    ),
    (
        "controllerDown",
        "controller controller-2 is down: server2 at 10.0.0.12:9878, Connection refused",
        controller_plan(),
        process_down("controllers", "controller-2"),
    ),
    (
        "proxyDown",
        "proxy proxy-1 is down: server1 at 10.0.0.11:8081, Connection refused",
        with_proxy(),
        process_down("proxies", "proxy-1"),
    ),
    (
        "extra",
        f"broker-a id 7 is extra: at {PORT}, not in the plan",
        seed_plan(),
        lambda observed: list_group(observed, "broker-a", {0: A, 1: A_S, 7: PORT}),
    ),
    (
        "misplaced",
        f"broker-a-s is misplaced: listed at {PORT}, planned at {A_S}",
        seed_plan(),
        lambda observed: list_group(observed, "broker-a", {0: A, 1: PORT}),
    ),
    (
        "wrongRole",
        "broker-a-s is SYNC_MASTER, planned as SLAVE",
        seed_plan(),
        lambda observed: change(observed, "broker-a-s", role="SYNC_MASTER"),
    ),
    (
        "notListed",
        f"broker-a-s is not listed by {SERVERS}: clients do not find it",
        seed_plan(),
        lambda observed: list_group(observed, "broker-a", {0: A}),
    ),
    (
        "outOfSync",
        f"broker-a-s is out of sync: {MAX_LAG_BYTES + 1} bytes behind its master",
        seed_plan(),
        lambda observed: change(
            observed,
            "broker-a",
            ha=replicating_to("10.0.0.12", acked=LOG_BYTES - MAX_LAG_BYTES - 1),
        ),
    ),
    (
        "notReplicating",
        "broker-a-s does not copy its master broker-a: the master has no connection from its host",
        seed_plan(),
        lambda observed: change(observed, "broker-a", ha=replicating_to()),
    ),
    (
        "fewReplicas",
        "broker-a has 0 of 1 replicas connected",
        seed_plan(),
        lambda observed: change(observed, "broker-a", ha=replicating_to()),
    ),
    (
        "slaveAhead",
        f"broker-a holds less than its slave broker-a-s, by 9 bytes: {STOP}",
        seed_plan(),
        lambda observed: change(observed, "broker-a-s", at=AT - 2, max_offset=LOG_BYTES + 9),
    ),
    (
        "drained",
        "broker-a takes no new messages: its brokerPermission is 4, planned: 6",
        seed_plan(),
        lambda observed: change(observed, "broker-a", permission=4),
    ),
    (
        "drained",
        f"broker-a takes no new messages: {UNGUARDED} ({GUARD})",
        seed_plan(),
        lambda observed: change(observed, "broker-a", accepts_sends_from=DRAINED_UNTIL),
    ),
    (
        "diskFull",
        "broker-b has 91 % of its disk used",
        seed_plan(),
        lambda observed: change(observed, "broker-b", disk_used=0.91),
    ),
    (
        "wrongVersion",
        "broker-b runs RocketMQ 4.9.4, planned: 5.3.2",
        seed_plan(),
        lambda observed: change(observed, "broker-b", version="4.9.4"),
    ),
    (
        "noMaster",
        "group broker-a has no master",
        dledger_plan(),
        lambda observed: list_group(observed, "broker-a", {2: A}),
    ),
    (
        "twoMasters",
        f"group broker-a has more than one master: {A}, 10.0.0.12:10911",
        controller_plan(),
        lambda observed: change(observed, "broker-a-2", ha=replicating_to()),
    ),
]
"""For each kind of problem: its line, a plan, and the fault that causes it."""
