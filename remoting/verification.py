"""Check every process of a host, all at once, and report in a short table."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remoting.election_process_checks import controller_steps, group_steps, replica_steps
from remoting.errors import CheckFailedError, PlanError, RemotingError
from remoting.process_checks import Step, broker_steps, listing_step, name_server_steps
from remoting.proxy_process_checks import metrics_step, proxy_steps

if TYPE_CHECKING:
    from remoting.plan import Plan
    from remoting.polling import Deadline

LOG_TAIL_LINES = 15
GRACE_SECONDS = 3
"""What the other checks of a host still get when one has failed: its cause is often theirs."""

_LOG_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True)
class Outcome:
    """How one check of one process ended, after how many milliseconds."""

    check: str
    is_ok: bool
    detail: str
    milliseconds: float


@dataclass(frozen=True)
class ProcessReport:
    """One process and its checks up to the first failure; `log` is empty for another host's."""

    process: str
    role: str
    address: str
    log: str
    outcomes: tuple[Outcome, ...]

    @property
    def failure(self) -> Outcome | None:
        """Return the check that failed, if one did."""
        return next((outcome for outcome in self.outcomes if not outcome.is_ok), None)


@dataclass(frozen=True)
class VerificationReport:
    """What was found on one host."""

    host: str
    at: str
    seconds: float
    processes: tuple[ProcessReport, ...]

    @property
    def failed(self) -> tuple[ProcessReport, ...]:
        """Return the processes with a failed check."""
        return tuple(process for process in self.processes if process.failure)

    @property
    def own_processes(self) -> int:
        """Return how many of the processes run on this host."""
        return sum(bool(process.log) for process in self.processes)


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


def render_table(report: VerificationReport) -> str:
    """Return one aligned row per process, and the line that says verified or how many failed."""
    rows = [("process", "role", "address", "checks", "ms")]
    for process in report.processes:
        milliseconds = sum(outcome.milliseconds for outcome in process.outcomes)
        cells = (process.process, process.role, process.address, _checks(process))
        rows.append((*cells, f"{milliseconds:.0f}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[4].rjust(5)])
        for row in rows
    ]
    count = report.own_processes
    noun = "process" if count == 1 else "processes"
    lines.append(
        f"{len(report.failed)} of {len(report.processes)} failed on {report.host} "
        f"at {report.at} after {report.seconds:.1f} s"
        if report.failed
        else f"verified {report.host} at {report.at} in {report.seconds:.1f} s: {count} {noun}"
    )
    return "\n".join(lines) + "\n"


def _checks(process: ProcessReport) -> str:
    if process.failure:
        return f"FAILED {process.failure.check}"
    return "ok: " + ", ".join(outcome.check for outcome in process.outcomes)


def render_causes(report: VerificationReport) -> str:
    """Return, per failed process, the cause and the end of its log."""
    lines: list[str] = []
    for process in report.failed:
        failure = process.failure
        if failure is None:
            continue
        what = f"{failure.check} of {process.process} on {report.host}"
        lines.append(f"cause: {what}: {failure.detail}")
        if process.log:
            lines += log_tail(Path(process.log))
    return "".join(f"{line}\n" for line in lines)


def log_tail(path: Path) -> list[str]:
    """Return the last lines of a log, indented under its path; or why there are none."""
    try:
        with path.open("rb") as file:
            file.seek(-min(file.seek(0, os.SEEK_END), _LOG_TAIL_BYTES), os.SEEK_END)
            tail = file.read().decode(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    except OSError as error:
        return [f"  {path}: {error.strerror}"]
    return [f"  last {len(tail)} lines of {path}:", *(f"    {line}" for line in tail)]


def report_as_json(report: VerificationReport) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "host": report.host,
        "at": report.at,
        "seconds": report.seconds,
        "ok": not report.failed,
        "processes": [
            {
                "process": process.process,
                "role": process.role,
                "address": process.address,
                "checks": [
                    {
                        "check": outcome.check,
                        "ok": outcome.is_ok,
                        "detail": outcome.detail,
                        "ms": outcome.milliseconds,
                    }
                    for outcome in process.outcomes
                ],
            }
            for process in report.processes
        ],
    }
