"""The console, looked at and told by `make verify`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from subprocess import CompletedProcess
from typing import Any

from blueprint.paths import REMOTING, TOOLS, VERIFICATION
from blueprint.verification_reports import join_reports
from cli.login import Login, as_root
from cli.processes import ask

LOOK_SECONDS = 20
"""For a console that runs already; only after a boot does it need more."""

LEAST_REQUEST_SECONDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleLogin:
    """Where the stack's console is, and how one gets in."""

    url: str
    kind: str
    host: str
    cluster: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """How a look at the console ended, in one line."""

    is_ok: bool
    line: str


def read_console(outputs: dict[str, Any]) -> ConsoleLogin | None:
    """Return the console out of the stack's outputs; None without one."""
    said = outputs.get("console")
    if not said:
        return None
    return ConsoleLogin(
        url=outputs["consoleUrl"],
        kind=said["kind"],
        host=said["host"],
        cluster=said["cluster"],
        password=outputs["consolePassword"],
    )


def how_to_log_in(outputs: dict[str, Any], stack: str) -> str:
    """Return as whom one logs in, and where the password is, which is not shown."""
    command = f"pulumi stack output consolePassword --show-secrets --stack {stack}"
    return f"user {outputs['console']['user']}, password: source toolchain/env; {command}"


def look_at_console(
    ssh: tuple[str, ...], console: ConsoleLogin, logins: Sequence[Login]
) -> Looked:
    """Log in to the console from another host than its own, where there is one."""
    others = [login for login in logins if login.host != console.host]
    asking = (others or logins)[0]
    # Whoever starts slowly answers slowly.
    seconds = max(LOOK_SECONDS, asking.startup_seconds // 6)
    request_seconds = max(LEAST_REQUEST_SECONDS, asking.startup_seconds // 30)
    words = ["python3", str(REMOTING), "console-answers", "--url", console.url]
    words += ["--kind", console.kind, "--log-in-to", console.cluster]
    words += ["--timeout", str(seconds), "--request-seconds", str(request_seconds)]
    done = ask(as_root(ssh, asking, words), text=f"{console.password}\n")
    if done.returncode:
        cause = (done.stderr.strip() or "no answer").splitlines()[-1]
        return Looked(is_ok=False, line=f"console: FAILED from {asking.host}: {cause}\n")
    state = json.loads(done.stdout)["state"]
    return Looked(is_ok=True, line=f"console: {console.url} answers {asking.host}: {state}\n")


def record_reports(
    ssh: tuple[str, ...],
    console: ConsoleLogin,
    logins: Sequence[Login],
    reports: Sequence[CompletedProcess[str] | None],
) -> None:
    """Leave what the hosts reported where the console shows it; a host that is gone shows as such.

    It is for show: where its host cannot be reached, the look at the console says so.
    """
    texts = [_text_of(login.host, report) for login, report in zip(logins, reports, strict=True)]
    (login,) = (login for login in logins if login.host == console.host)
    words = [str(TOOLS / "put-file"), str(VERIFICATION), "0644", "root:root"]
    ask(as_root(ssh, login, words), text=join_reports(texts))


def _text_of(host: str, report: CompletedProcess[str] | None) -> str:
    if report is not None:
        try:
            json.loads(report.stdout)
        except ValueError:
            pass
        else:
            return report.stdout
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"host": host, "at": at, "seconds": 0, "ok": False, "processes": []})
