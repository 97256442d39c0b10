"""Check every process of a host, all at once, and report in a short table."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from remoting.checks.elections import group_steps
from remoting.checks.name_servers import listing_step
from remoting.checks.processes import process_steps
from remoting.checks.proxies import metrics_step
from remoting.checks.steps import Occasion, steps_on
from remoting.errors import CheckFailedError, PlanError, RemotingError
from remoting.plan.plan import PlannedNameServer
from remoting.verification.report import Outcome, ProcessReport, VerificationReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from remoting.checks.steps import Step
    from remoting.plan.plan import Plan
    from remoting.polling import Deadline

GRACE_SECONDS = 3
"""How long a host's other checks may still take after one failed, often for the same cause."""


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
    subjects = _subjects(plan, host)

    def run(subject: ProcessReport, steps: Iterable[Step]) -> ProcessReport:
        wanted = steps_on(Occasion.VERIFICATION, steps, check_units=check_units)
        return replace(subject, checks=_run_steps(wanted, deadline))

    with ThreadPoolExecutor(max_workers=len(subjects)) as pool:
        processes = tuple(pool.map(run, *zip(*subjects)))
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    seconds = round(time.monotonic() - started, 2)
    ok = not any(process.failure for process in processes)
    return VerificationReport(host, at, seconds, ok, processes)


def _subjects(plan: Plan, host: str) -> list[tuple[ProcessReport, list[Step]]]:
    """Return what gets a line of the table, and its steps."""
    subjects = []
    for process in plan.processes:
        if process.host == host:
            steps, log = process_steps(plan, process), process.log
        elif isinstance(process, PlannedNameServer):
            # What the name servers of other hosts list is checked from every host.
            steps, log = [listing_step(plan, process)], ""
        else:
            continue
        report = ProcessReport(process.name, process.role, process.address, (), log)
        subjects.append((report, steps))
    if plan.has_elections:
        # Whichever host its master is on, every host with a replica checks the group.
        for group in plan.groups_on(host):
            replicas = f"{len(plan.replicas_of(group))} replicas"
            report = ProcessReport(group, "group", replicas, ())
            subjects.append((report, group_steps(plan, group)))
    for metrics in plan.metrics:
        if metrics.host == host:
            report = ProcessReport(metrics.name, "metrics", metrics.address, ())
            subjects.append((report, [metrics_step(metrics)]))
    return subjects


def _run_steps(steps: Sequence[Step], deadline: Deadline) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    for step in steps:
        started = time.monotonic()
        try:
            detail, is_ok = step.run(deadline), True
        except RemotingError as error:
            cause = error.cause if isinstance(error, CheckFailedError) else str(error)
            detail, is_ok = cause, False
        milliseconds = round((time.monotonic() - started) * 1000, 1)
        outcomes.append(Outcome(step.name, is_ok, detail, milliseconds))
        if not is_ok:
            deadline.shorten(GRACE_SECONDS)
            break
    return tuple(outcomes)
