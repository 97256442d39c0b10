"""The report of a verification: what the checks of a host found, as data, JSON, and text.

JSON is how it travels: a host prints its report, an update and `make verify` gather those of all
hosts, and the console shows them. What older releases wrote is read as well.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remoting import tables
from remoting.verification.log_tail import log_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Outcome:
    """How one check of one process ended, and after how many milliseconds."""

    check: str
    ok: bool
    detail: str
    ms: float


@dataclass(frozen=True)
class ProcessReport:
    """One process, and its checks up to the first that failed."""

    process: str
    role: str
    address: str
    checks: tuple[Outcome, ...]
    log: str = ""
    """Where its log is; empty if it is no process of this host, and in a report that was read."""

    @property
    def failure(self) -> Outcome | None:
        """Return the check that failed, if one did."""
        return next((outcome for outcome in self.checks if not outcome.ok), None)


@dataclass(frozen=True)
class VerificationReport:
    """What was found on one host, when (UTC, ISO 8601), and after how many seconds."""

    host: str
    at: str
    seconds: float
    ok: bool
    processes: tuple[ProcessReport, ...] = ()
    """None if the host could not be asked."""

    @property
    def failed(self) -> tuple[ProcessReport, ...]:
        """Return the processes with a failed check."""
        return tuple(process for process in self.processes if process.failure)

    @property
    def own_processes(self) -> int:
        """Return how many of the processes run on this host."""
        return sum(bool(process.log) for process in self.processes)


def _from_json(document: Mapping[str, Any]) -> VerificationReport:
    try:
        processes = tuple(map(_process_from_json, document["processes"]))
        keys = ("host", "at", "seconds", "ok")
        return VerificationReport(**{key: document[key] for key in keys}, processes=processes)
    except (KeyError, TypeError) as error:
        message = f"not a verification report: {error!r}"
        raise ValueError(message) from error


def _process_from_json(document: Mapping[str, Any]) -> ProcessReport:
    keys = ("check", "ok", "detail", "ms")
    checks = tuple(Outcome(*(one[key] for key in keys)) for one in document["checks"])
    return ProcessReport(document["process"], document["role"], document["address"], checks)


def _as_json(report: VerificationReport) -> dict[str, Any]:
    document = asdict(report)
    for process in document["processes"]:
        # Of no use on another host.
        del process["log"]
    return document


def parse_report(text: str) -> VerificationReport:
    """Read the JSON of one report, or raise a ValueError."""
    return _from_json(json.loads(text))


def parse_reports(text: str) -> tuple[VerificationReport, ...]:
    """Read a JSON list of reports, or raise a ValueError."""
    try:
        return tuple(map(_from_json, json.loads(text)))
    except (TypeError, RecursionError) as error:
        message = f"not a list of verification reports: {error!r}"
        raise ValueError(message) from error


def render_report(report: VerificationReport) -> str:
    """Return the JSON of one report, with a line break at its end."""
    return json.dumps(_as_json(report), indent=1) + "\n"


def render_reports(reports: Iterable[VerificationReport]) -> str:
    """Return one JSON list of reports, with a line break at its end."""
    return json.dumps([_as_json(report) for report in reports], indent=1) + "\n"


def render_line(report: VerificationReport) -> str:
    """Return one line about a report, without a line break."""
    failed = sum(not outcome.ok for process in report.processes for outcome in process.checks)
    outcome = "verified" if report.ok else f"{failed} checks failed"
    return f"{report.host}: {outcome} at {report.at} in {report.seconds} s"


def render_report_table(report: VerificationReport) -> str:
    """Return one aligned row per process, and the line that says verified or how many failed."""
    rows = [("process", "role", "address", "checks", "ms")]
    for process in report.processes:
        milliseconds = sum(outcome.ms for outcome in process.checks)
        cells = (process.process, process.role, process.address, _checks(process))
        rows.append((*cells, f"{milliseconds:.0f}"))
    count = report.own_processes
    noun = "process" if count == 1 else "processes"
    conclusion = (
        f"{len(report.failed)} of {len(report.processes)} failed on {report.host} "
        f"at {report.at} after {report.seconds:.1f} s"
        if report.failed
        else f"verified {report.host} at {report.at} in {report.seconds:.1f} s: {count} {noun}"
    )
    return f"{tables.render_table(rows)}\n{conclusion}\n"


def _checks(process: ProcessReport) -> str:
    if process.failure:
        return f"FAILED {process.failure.check}"
    return "ok: " + ", ".join(outcome.check for outcome in process.checks)


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
