"""The report of a verification: what a host's checks found, as data, a line, and a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remoting import tables
from remoting.verification.log_tail import log_tail

if TYPE_CHECKING:
    from collections.abc import Sequence


def join_reports(texts: Sequence[str]) -> str:
    """Return one JSON list of the reports that the hosts printed, with a line break at its end."""
    return json.dumps([json.loads(text) for text in texts], indent=1) + "\n"


def summarise(text: str) -> str:
    """Return one line about a host's report."""
    report = json.loads(text)
    processes = report["processes"]
    failed = sum(not check["ok"] for process in processes for check in process["checks"])
    outcome = f"{failed} checks failed" if failed else "verified"
    return f"{report['host']}: {outcome} at {report['at']} in {report['seconds']} s"


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


def render_table(report: VerificationReport) -> str:
    """Return one aligned row per process, and the line that says verified or how many failed."""
    rows = [("process", "role", "address", "checks", "ms")]
    for process in report.processes:
        milliseconds = sum(outcome.milliseconds for outcome in process.outcomes)
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
