"""The live check of a cluster, outside the engine: what it says is true now."""

import sys
import time
from subprocess import CompletedProcess

from blueprint.paths import PLAN, REMOTING
from cli.console import look_at_console, read_console, record_reports
from cli.engine import Engine
from cli.errors import CommandError
from cli.login import Login, agent_with, as_root, read_logins
from cli.processes import ask_together

SSH_FAILED = 255
NO_CONNECTION = ("refused", "timed out", "No route", "reset by peer", "closed by remote host")
PAUSE_SECONDS = 5.0
GRACE_SECONDS = 5.0
"""What the other hosts still get when one has failed."""


def verify(engine: Engine, stack: str, *, may_boot: bool = False) -> None:
    """Run the checks on every host at once and print what each reports.

    Args:
        engine: of the stack.
        stack: its name.
        may_boot: an update has just started hosts, so they are waited for.

    Raises:
        CommandError: a check failed or a host cannot be reached.

    """
    outputs = engine.outputs()
    logins = read_logins(outputs, stack)
    console = read_console(outputs)
    with agent_with(outputs.get("sshPrivateKey"), logins) as ssh:
        commands = [_command(ssh, login) for login in logins]
        reports = ask_together(commands, grace_seconds=GRACE_SECONDS)
        patience = max(login.startup_seconds for login in logins) if may_boot else 0
        deadline = time.monotonic() + patience
        while any(map(_may_still_boot, reports)) and time.monotonic() < deadline:
            hosts = (h.host for h, r in zip(logins, reports, strict=True) if _may_still_boot(r))
            sys.stdout.write(f"waiting for {' and '.join(hosts)} to let us in\n")
            sys.stdout.flush()
            time.sleep(PAUSE_SECONDS)
            reports = ask_together(commands, grace_seconds=GRACE_SECONDS)
        if console is not None:
            record_reports(ssh, console, logins, reports)
            looked = look_at_console(ssh, console, logins)
    failed, unfinished = [], []
    for login, report in zip(logins, reports, strict=True):
        if report is None:
            unfinished.append(login.host)
            sys.stdout.write(f"{login.host}: not waited for, since another host failed\n")
            continue
        if report.returncode:
            failed.append(login.host)
        sys.stdout.write(_shown(login, report))
    if console is not None:
        sys.stdout.write(looked.line)
        if not looked.is_ok and console.host not in failed:
            failed.append(console.host)
    sys.stdout.flush()
    if failed or unfinished:
        seen = failed or unfinished
        message = (
            f"stack {stack}: NOT verified, see above for {' and '.join(seen)}; "
            f"log in by make ssh STACK={stack} HOST={seen[0]}"
        )
        raise CommandError(message)
    sys.stdout.write(f"OK: stack {stack}, namesrvAddr {outputs['namesrvAddr']}\n")


def _command(ssh: tuple[str, ...], login: Login) -> list[str]:
    words = ["python3", str(REMOTING), "verify", "--plan", str(PLAN), "--host", login.host]
    words += ["--json", "--timeout", str(login.startup_seconds)]
    return as_root(ssh, login, words)


def _may_still_boot(report: CompletedProcess[str] | None) -> bool:
    """Tell whether there was no connection at all; a refused key or login will not change."""
    if report is None or report.returncode != SSH_FAILED:
        return False
    return any(mark in report.stderr for mark in NO_CONNECTION)


def _shown(login: Login, report: CompletedProcess[str]) -> str:
    """Return what a person reads of a host; its data are on the other stream."""
    if report.returncode < 0:
        return (
            f"{login.host}: ssh was ended by signal {-report.returncode}; run make verify again\n"
        )
    if report.returncode != SSH_FAILED:
        # Checks that an older program installed print for people on the other stream.
        return report.stderr or report.stdout
    cause = (report.stderr.strip() or "no answer").splitlines()[-1]
    return f"{login.host}: no login at {login.address}: {cause}; is the host up?\n"
