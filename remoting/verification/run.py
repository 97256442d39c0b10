"""Check every process of a host, all at once, and report in a short table."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from remoting.checks.brokers import broker_steps
from remoting.checks.elections import controller_steps, group_steps, replica_steps
from remoting.checks.name_servers import listing_step, name_server_steps
from remoting.checks.proxies import metrics_step, proxy_steps
from remoting.errors import CheckFailedError, PlanError, RemotingError
from remoting.verification.report import Outcome, ProcessReport, VerificationReport

if TYPE_CHECKING:
    from remoting.checks.systemd import Step
    from remoting.plan.plan import Plan
    from remoting.polling import Deadline

GRACE_SECONDS = 3
"""What the other checks of a host still get when one has failed: its cause is often theirs."""


@dataclass(frozen=True)
class _Subject:
    process: str
    role: str
    address: str
    log: str
    steps: list[Step]


def verify_host(
    plan: Plan, host: str, deadline: Deadline, *, check_units: bool = True
) -> VerificationReport:
    """Check what the plan says about `host`; failures are in the report.

    Raises:
        PlanError: the plan knows no such host.

    """
    if host not in plan.hosts:
        key = "host"
        raise PlanError(key, host, ", ".join(plan.hosts))
    started = time.monotonic()
    subjects = _subjects(plan, host, deadline, check_units=check_units)
    with ThreadPoolExecutor(max_workers=len(subjects)) as pool:
        processes = tuple(pool.map(lambda subject: _run_steps(subject, deadline), subjects))
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return VerificationReport(host, at, round(time.monotonic() - started, 2), processes)


def _subjects(plan: Plan, host: str, deadline: Deadline, *, check_units: bool) -> list[_Subject]:
    subjects: list[_Subject] = []
    for server in plan.name_servers:
        if server.host == host:
            steps = name_server_steps(plan, server, deadline, check_units=check_units)
            log = server.log
        else:
            steps, log = [listing_step(plan, server, deadline)], ""
        subjects.append(_Subject(server.name, "name server", server.address, log, steps))
    for broker in plan.brokers:
        if broker.host == host:
            make = replica_steps if plan.has_elections else broker_steps
            steps = make(plan, broker, deadline, check_units=check_units)
            subjects.append(_Subject(broker.name, broker.role, broker.address, broker.log, steps))
    if plan.has_elections:
        subjects += _election_subjects(plan, host, deadline, check_units=check_units)
    return [*subjects, *_proxy_subjects(plan, host, deadline, check_units=check_units)]


def _proxy_subjects(
    plan: Plan, host: str, deadline: Deadline, *, check_units: bool
) -> list[_Subject]:
    subjects: list[_Subject] = []
    for proxy in plan.proxies:
        if proxy.host == host:
            steps = proxy_steps(plan, proxy, deadline, check_units=check_units)
            subjects.append(_Subject(proxy.name, "proxy", proxy.address, proxy.log, steps))
    for metrics in plan.metrics:
        if metrics.host == host:
            step = metrics_step(metrics, deadline)
            subjects.append(_Subject(metrics.name, "metrics", metrics.address, "", [step]))
    return subjects


def _election_subjects(
    plan: Plan, host: str, deadline: Deadline, *, check_units: bool
) -> list[_Subject]:
    subjects: list[_Subject] = []
    for one in plan.controllers:
        if one.host == host:
            steps = controller_steps(plan, one, deadline, check_units=check_units)
            subjects.append(_Subject(one.name, "controller", one.address, one.log, steps))
    for group in plan.groups_on(host):
        # No process of this host: whichever host its master is on, every host with a replica asks.
        steps = group_steps(plan, group, deadline)
        replicas = f"{len(plan.replicas_of(group))} replicas"
        subjects.append(_Subject(group, "group", replicas, "", steps))
    return subjects


def _run_steps(subject: _Subject, deadline: Deadline) -> ProcessReport:
    outcomes: list[Outcome] = []
    for step in subject.steps:
        started = time.monotonic()
        try:
            detail, is_ok = step.run(), True
        except RemotingError as error:
            cause = error.cause if isinstance(error, CheckFailedError) else str(error)
            detail, is_ok = cause, False
        milliseconds = round((time.monotonic() - started) * 1000, 1)
        outcomes.append(Outcome(step.name, is_ok, detail, milliseconds))
        if not is_ok:
            deadline.shorten(GRACE_SECONDS)
            break
    return ProcessReport(
        subject.process, subject.role, subject.address, subject.log, tuple(outcomes)
    )
