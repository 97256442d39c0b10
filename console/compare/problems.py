"""How the cluster differs from its plan, errors first; one line each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Literal

from typing_extensions import TypedDict, Unpack

from console.compare.brokers import listings_in, other_processes
from console.observe.state import DOWN, SILENT, UP
from console.schema import Count, Line, Schema
from remoting.plan.plan import REPLICA
from remoting.replication.elected_groups import MASTER_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.compare.brokers import BrokerView, Listings, OtherProcess
    from console.observe.state import BrokerFacts, ObservedState
    from remoting.plan.plan import Plan, PlannedBroker

Severity = Literal["error", "warning"]
ERROR: Severity = "error"
WARNING: Severity = "warning"

REGISTRATION_SECONDS = 45
"""A broker that nothing nudges registers up to 40 s after its start."""

MAX_LAG_BYTES = 1 << 20
"""How far a working slave may lag; RocketMQ's own `inSync` allows up to 256 MiB."""

DISK_WARNING, DISK_ERROR = 0.75, 0.9
"""At 75 % a broker deletes old files regardless of age; at 90 % it refuses messages."""

TEXTS = {
    "clusterDead": "no broker answers: the cluster is dead",
    "missing": "{subject} is missing: planned on {host} at {address}, {cause}",
    "silent": "{subject} is silent: on {host} at {address}, {cause}",
    "nameServerDown": "name server {subject} is down: {host} at {address}, {cause}",
    "controllerDown": "controller {subject} is down: {host} at {address}, {cause}",
    "proxyDown": "proxy {subject} is down: {host} at {address}, {cause}",
    "extra": "{subject} is extra: at {address}, not in the plan",
    "misplaced": "{subject} is misplaced: listed at {address}, planned at {plannedAddress}",
    "wrongRole": "{subject} is {role}, planned as {plannedRole}",
    "notListed": "{subject} is not listed by {nameServers}: clients do not find it",
    "outOfSync": "{subject} is out of sync: {lagBytes} bytes behind its master",
    "notReplicating": "{subject} does not copy its master {master}: {cause}",
    "fewReplicas": "{subject} has {connected} of {planned} replicas connected",
    "slaveAhead": "{subject} holds less than its slave {slave}, by {bytes} bytes: do not write to "
    "this group; see docs/operations.md",
    "drained": "{subject} takes no new messages: {cause}",
    "diskFull": "{subject} has {percent} % of its disk used",
    "wrongVersion": "{subject} runs RocketMQ {version}, planned: {plannedVersion}",
    "noMaster": "group {subject} has no master",
    "twoMasters": "group {subject} has more than one master: {addresses}",
    "notVerified": "the last verification failed on {subject}",
}
"""English texts by kind; the page translates them."""

WARNINGS = frozenset({"extra", "drained", "wrongVersion", "notVerified"})
"""Kinds that are no errors; a disk can be either."""


class ProblemValues(TypedDict, total=False):
    """The values in the text; which ones are present depends on the kind."""

    host: str
    """The host it is planned on."""
    address: str
    """The planned address; for `extra` and `misplaced`, the listed one."""
    cause: str | None
    """Why, in English."""
    id: int
    """The listed broker id."""
    plannedAddress: str
    """Where it should be."""
    role: str | None
    """Its current role."""
    plannedRole: str
    """The planned role."""
    nameServers: list[str]
    """The name servers that do not list it."""
    lagBytes: Count
    """Bytes not yet copied."""
    master: str
    """The master it should copy."""
    connected: Count
    """Replicas that copy it."""
    planned: Count
    """Replicas that should copy it."""
    slave: str
    """The slave that holds more."""
    bytes: Annotated[int, Schema(minimum=1)]
    """How much more it holds."""
    permission: int
    """Its brokerPermission: 6 read and write, 4 read, 2 write."""
    percent: int
    """Used share of its disk."""
    version: str
    """The RocketMQ version it runs."""
    plannedVersion: str
    """The planned RocketMQ version."""
    addresses: list[str]
    """The addresses of all brokers that act as master."""


class Problem(TypedDict):
    """One difference between plan and cluster."""

    severity: Severity
    """An `error` can cost messages or availability."""
    kind: Annotated[str, Schema(enum=tuple(TEXTS))]
    """What differs; never translated."""
    subject: str
    """The broker, process, group or host concerned; `cluster` for the whole."""
    values: ProblemValues
    text: Line
    """One line in English."""


def new_problem(
    kind: str, subject: str, severity: Severity | None = None, **values: Unpack[ProblemValues]
) -> Problem:
    """Return a problem with its text; `kind` is a key of `TEXTS`."""
    severity = severity or (WARNING if kind in WARNINGS else ERROR)
    shown = {k: ", ".join(one) if isinstance(one, list) else one for k, one in values.items()}
    text = TEXTS[kind].format(subject=subject, **shown)
    return {"severity": severity, "kind": kind, "subject": subject, "values": values, "text": text}


def find_problems(
    plan: Plan, observed: ObservedState, brokers: Sequence[BrokerView], version: str, at: float
) -> tuple[Problem, ...]:
    """Return every difference from the plan and its RocketMQ version; `at` in epoch seconds."""
    listings = listings_in(observed)
    found = [
        *_dead_cluster(brokers),
        *_down_processes(plan, observed),
        *(problem for broker in brokers for problem in _broker_problems(broker, version, at)),
        *_misplaced_brokers(plan, listings),
        *(p for broker in brokers for p in _listing_problems(broker, listings, at)),
        *_group_problems(plan, brokers, listings),
    ]
    return tuple(sorted(found, key=lambda one: one["severity"] != ERROR))


def _dead_cluster(brokers: Sequence[BrokerView]) -> Iterator[Problem]:
    planned = [broker for broker in brokers if broker.planned]
    if planned and all(broker.state in {DOWN, SILENT} for broker in planned):
        yield new_problem("clusterDead", "cluster")


def _down_processes(plan: Plan, observed: ObservedState) -> Iterator[Problem]:
    """Iterate over processes, other than brokers, that do not answer."""
    for kind, process, observation in other_processes(plan, observed):
        if observation is not None and observation.state != UP:
            problem = "silent" if observation.state == SILENT else f"{kind}Down"
            yield _unanswered(problem, process, observation.cause)


def _unanswered(kind: str, process: PlannedBroker | OtherProcess, cause: str | None) -> Problem:
    return new_problem(kind, process.name, host=process.host, address=process.address, cause=cause)


def _broker_problems(broker: BrokerView, version: str, at: float) -> Iterator[Problem]:
    planned = broker.planned
    if planned is None:
        # Listed, so its id is known.
        number = broker.broker_id or MASTER_ID
        yield new_problem("extra", broker.name, address=broker.address, id=number)
        return
    if broker.state in {DOWN, SILENT}:
        cause = broker.observation.cause if broker.observation else None
        yield _unanswered("missing" if broker.state == DOWN else SILENT, planned, cause)
    facts = broker.facts
    if facts is None:
        return
    if planned.role not in {REPLICA, broker.role}:
        yield new_problem("wrongRole", broker.name, role=broker.role, plannedRole=planned.role)
    if broker.drained_at(at):
        cause = _drain_cause(planned, facts)
        yield new_problem("drained", broker.name, permission=facts.permission, cause=cause)
    if facts.disk_used >= DISK_WARNING:
        severity = ERROR if facts.disk_used >= DISK_ERROR else WARNING
        yield new_problem("diskFull", broker.name, severity, percent=round(facts.disk_used * 100))
    if facts.version != version:
        yield new_problem(
            "wrongVersion", broker.name, version=facts.version, plannedVersion=version
        )
    if broker.lag_bytes is not None and broker.lag_bytes > MAX_LAG_BYTES:
        yield new_problem("outOfSync", broker.name, lagBytes=broker.lag_bytes)


def _drain_cause(planned: PlannedBroker, facts: BrokerFacts) -> str:
    if facts.permission != planned.permission:
        return f"its brokerPermission is {facts.permission}, planned: {planned.permission}"
    guard = planned.unit.replace("rocketmq-", "rocketmq-guard@", 1)
    return f"its guard has not found its slaves in sync yet (journalctl -u {guard})"


def _listing_problems(broker: BrokerView, listings: Listings, at: float) -> Iterator[Problem]:
    facts = broker.facts
    if not facts or not broker.planned or at - facts.booted_at < REGISTRATION_SECONDS:
        return
    missing = [name for name in listings if name not in broker.listed_by]
    if missing:
        yield new_problem("notListed", broker.name, nameServers=missing)


def _misplaced_brokers(plan: Plan, listings: Listings) -> Iterator[Problem]:
    """Iterate over brokers that are listed elsewhere; elected ones have no fixed id."""
    for broker in plan.brokers:
        tables = [table[broker.group] for table in listings.values() if broker.group in table]
        found = {table.addresses.get(broker.broker_id, broker.address) for table in tables}
        for address in sorted(found - {broker.address}):
            yield new_problem(
                "misplaced", broker.name, address=address, plannedAddress=broker.address
            )


def _group_problems(
    plan: Plan, brokers: Sequence[BrokerView], listings: Listings
) -> Iterator[Problem]:
    by_group: dict[str, list[BrokerView]] = defaultdict(list)
    for broker in brokers:
        if broker.planned:
            by_group[broker.group].append(broker)
    for group, views in by_group.items():
        if plan.has_elections:
            yield from _election_problems(group, views, listings)
        for master in (view for view in views if view.is_master and view.facts):
            yield from _replication_problems(master, views)


def _election_problems(
    group: str, views: Sequence[BrokerView], listings: Listings
) -> Iterator[Problem]:
    tables = [table[group].addresses for table in listings.values() if group in table]
    masters = {view.address for view in views if view.is_master}
    masters |= {table[MASTER_ID] for table in tables if MASTER_ID in table}
    if not masters and any(view.facts for view in views):
        yield new_problem("noMaster", group)
    acting = sorted(view.address for view in views if view.is_master)
    if len(acting) > 1:
        yield new_problem("twoMasters", group, addresses=acting)


def _replication_problems(master: BrokerView, views: Sequence[BrokerView]) -> Iterator[Problem]:
    planned, connected = master.replicas_planned, master.replicas_connected
    if planned is None or connected is None:
        return
    others = [view for view in views if view is not master and view.facts]
    if connected < planned:
        yield new_problem("fewReplicas", master.name, connected=connected, planned=planned)
    for view in () if connected else others:
        cause = "the master has no connection from its host"
        yield new_problem("notReplicating", view.name, master=master.name, cause=cause)
    yield from _slaves_ahead(master, others)


def _slaves_ahead(master: BrokerView, others: Sequence[BrokerView]) -> Iterator[Problem]:
    if master.facts is None or master.observation is None or master.facts.ha is None:
        return
    for view in others:
        # A sound master holds whatever a slave held before the master was polled. All are polled
        # at the same time, so often only the slave's previous poll was over by then.
        held = [
            one.facts.max_offset
            for one in (view.previous, view.observation)
            if one and one.facts and one.at <= master.observation.started_at
        ]
        more = max(held, default=0) - master.facts.max_offset
        if more > 0:
            yield new_problem("slaveAhead", master.name, slave=view.name, bytes=more)
