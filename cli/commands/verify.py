"""Verify a live cluster, outside the engine."""

import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from subprocess import CompletedProcess
from typing import Any

from blueprint.hosts.logins import Login
from blueprint.plan.paths import PLAN, REMOTING, TOOLS, VERIFICATION
from cli.engine.engine import Engine
from cli.errors import CommandError
from cli.processes import ask_until_failure
from cli.ssh.connection import agent_with, command_as_root, read_logins
from cli.ssh.probe import SSH_FAILED
from remoting.verification.report import VerificationReport, parse_report, render_reports
from system.programs import capture
from system.progress import progress

NO_CONNECTION = ("refused", "timed out", "No route", "reset by peer", "closed by remote host")

PAUSE_SECONDS = 5.0

ABOUT_SECONDS = 10
"""On hosts that are neither booting nor emulated."""

GRACE_SECONDS = 5.0
"""How long the other hosts may still take after one failed."""


def verify(engine: Engine, stack: str, *, may_boot: bool = False) -> None:
    """Run the checks on every host at once and print what each reports.

    `may_boot` waits for hosts that an update has just started.

    Raises:
        CommandError: a check failed or a host cannot be reached.

    """
    outputs = engine.outputs()
    logins = read_logins(outputs, stack)
    console = read_console(outputs)
    what = f"stack {stack}: verification"
    with (
        agent_with(outputs.get("sshPrivateKey"), logins) as ssh,
        progress(what, ABOUT_SECONDS),
    ):
        commands = [_command(ssh, login) for login in logins]
        reports = ask_until_failure(commands, GRACE_SECONDS)
        boot_seconds = max(login.startup_seconds for login in logins) if may_boot else 0
        deadline = time.monotonic() + boot_seconds
        while any(map(_may_still_boot, reports)) and time.monotonic() < deadline:
            hosts = (h.host for h, r in zip(logins, reports, strict=True) if _may_still_boot(r))
            sys.stdout.write(f"waiting for SSH on {' and '.join(hosts)}\n")
            sys.stdout.flush()
            time.sleep(PAUSE_SECONDS)
            reports = ask_until_failure(commands, GRACE_SECONDS)
        if console is not None:
            record_reports(ssh, console, logins, reports)
            console_is_ok, console_line = check_console(ssh, console, logins)
    failed, unfinished = [], []
    for login, report in zip(logins, reports, strict=True):
        if report is None:
            unfinished.append(login.host)
            sys.stdout.write(f"{login.host}: skipped, because another host failed\n")
            continue
        if report.returncode:
            failed.append(login.host)
        sys.stdout.write(_shown(login, report, stack))
    if console is not None:
        sys.stdout.write(console_line)
        if not console_is_ok and console.host not in failed:
            failed.append(console.host)
    sys.stdout.flush()
    if failed or unfinished:
        seen = failed or unfinished
        message = (
            f"stack {stack}: NOT verified, see above for {' and '.join(seen)}; "
            f"log in with `make ssh STACK={stack} HOST={seen[0]}`"
        )
        raise CommandError(message)
    sys.stdout.write(f"OK: stack {stack}, namesrvAddr {outputs['namesrvAddr']}\n")


def _command(ssh: tuple[str, ...], login: Login) -> tuple[str, ...]:
    words = ["python3", str(REMOTING), "verify", "--plan", str(PLAN), "--host", login.host]
    words += ["--json", "--timeout", str(login.startup_seconds)]
    return command_as_root(ssh, login, *words)


def _may_still_boot(report: CompletedProcess[str] | None) -> bool:
    """Return whether there was no connection at all; a refused login is final."""
    if report is None or report.returncode != SSH_FAILED:
        return False
    return any(mark in report.stderr for mark in NO_CONNECTION)


def _shown(login: Login, report: CompletedProcess[str], stack: str) -> str:
    """Return the text for people about a host; its JSON is on the other stream."""
    if report.returncode < 0:
        return (
            f"{login.host}: ssh was ended by signal {-report.returncode}; "
            f"run make verify STACK={stack} again\n"
        )
    if report.returncode != SSH_FAILED:
        # The checks of older releases print the table to stdout.
        return report.stderr or report.stdout
    cause = (report.stderr.strip() or "no answer").splitlines()[-1]
    return f"{login.host}: no login at {login.address}: {cause}; is the host up?\n"


CONSOLE_SECONDS = 20
"""Enough for a console that is running; after a boot it may need more."""

LEAST_REQUEST_SECONDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleLogin:
    """Where the stack's console is, and how to log in."""

    url: str
    kind: str
    host: str
    cluster: str
    password: str


def read_console(outputs: dict[str, Any]) -> ConsoleLogin | None:
    """Return the console of the stack's outputs, or None."""
    console = outputs.get("console")
    if not console:
        return None
    return ConsoleLogin(
        url=outputs["consoleUrl"],
        kind=console["kind"],
        host=console["host"],
        cluster=console["cluster"],
        password=outputs["consolePassword"],
    )


def how_to_log_in(outputs: dict[str, Any], stack: str) -> str:
    """Return the user, and the command that shows the password."""
    command = f"pulumi stack output consolePassword --show-secrets --stack {stack}"
    return f"user {outputs['console']['user']}, password: source toolchain/env; {command}"


def check_console(
    ssh: tuple[str, ...], console: ConsoleLogin, logins: Sequence[Login]
) -> tuple[bool, str]:
    """Log in to the console, from another host than its own if there is one.

    Returns whether it answered, and one line that says so.
    """
    others = [login for login in logins if login.host != console.host]
    asking = (others or logins)[0]
    # Timeouts scale with the host's start-up budget.
    seconds = max(CONSOLE_SECONDS, asking.startup_seconds // 6)
    request_seconds = max(LEAST_REQUEST_SECONDS, asking.startup_seconds // 30)
    words = ["python3", str(REMOTING), "console-answers", "--url", console.url]
    words += ["--kind", console.kind, "--log-in-to", console.cluster]
    words += ["--timeout", str(seconds), "--request-seconds", str(request_seconds)]
    command = command_as_root(ssh, asking, *words)
    done = capture(command, text=f"{console.password}\n", timeout_seconds=None)
    if done.returncode:
        cause = (done.stderr.strip() or "no answer").splitlines()[-1]
        return False, f"console: FAILED from {asking.host}: {cause}\n"
    state = json.loads(done.stdout)["state"]
    return True, f"console: {console.url} answers {asking.host}: {state}\n"


def record_reports(
    ssh: tuple[str, ...],
    console: ConsoleLogin,
    logins: Sequence[Login],
    reports: Sequence[CompletedProcess[str] | None],
) -> None:
    """Write the hosts' reports to where the console reads them; a silent host counts as failed.

    Errors are ignored: if the console's host cannot be reached, `check_console` says so.
    """
    found = [_report_of(login.host, done) for login, done in zip(logins, reports, strict=True)]
    (login,) = (login for login in logins if login.host == console.host)
    text = render_reports(found)
    words = [str(TOOLS / "put-file"), str(VERIFICATION), "0644", "root:root"]
    words.append(str(len(text.encode())))
    capture(command_as_root(ssh, login, *words), text=text, timeout_seconds=None)


def _report_of(host: str, done: CompletedProcess[str] | None) -> VerificationReport:
    if done is not None:
        # Anything but a report means that the host could not be asked.
        with suppress(ValueError):
            return parse_report(done.stdout)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return VerificationReport(host, at, seconds=0, ok=False)
