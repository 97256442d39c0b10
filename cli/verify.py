"""The live check of a cluster, outside the engine: what it says is true now."""

import concurrent.futures
import shlex
import sys
from subprocess import CompletedProcess

from blueprint.paths import PLAN, REMOTING
from cli.engine import Engine
from cli.errors import CommandError
from cli.login import Login, agent_with, read_logins, target
from cli.processes import ask

SSH_FAILED = 255
SECONDS_TO_START = 180
"""A cluster whose hosts have just been started gets the time that its JVMs take."""


def verify(engine: Engine, stack: str) -> None:
    """Run the checks on every host at once and print what each reports.

    Raises:
        CommandError: a check failed or a host cannot be reached.

    """
    outputs = engine.outputs()
    logins = read_logins(outputs, stack)
    with (
        agent_with(outputs["sshPrivateKey"], logins) as ssh,
        concurrent.futures.ThreadPoolExecutor(max_workers=len(logins)) as pool,
    ):
        reports = list(pool.map(lambda login: _verify_host(ssh, login), logins))
    failed = []
    for login, report in zip(logins, reports, strict=True):
        sys.stdout.write(report.stdout)
        if report.returncode:
            failed.append(login.host)
            sys.stdout.write(report.stderr)
    sys.stdout.flush()
    if failed:
        message = (
            f"stack {stack}: NOT verified, see above for {' and '.join(failed)}; "
            f"log in by make ssh STACK={stack} HOST={failed[0]}"
        )
        raise CommandError(message)
    sys.stdout.write(f"OK: stack {stack}, namesrvAddr {outputs['namesrvAddr']}\n")


def _verify_host(ssh: tuple[str, ...], login: Login) -> CompletedProcess[str]:
    words = ["python3", str(REMOTING), "verify", "--plan", str(PLAN), "--host", login.host]
    words += ["--timeout", str(SECONDS_TO_START)]
    if login.user != "root":
        words = ["sudo", "-n", *words]
    done = ask([*ssh, *target(login), shlex.join(words)])
    if done.returncode == SSH_FAILED:
        cause = (done.stderr.strip() or "no answer").splitlines()[-1]
        done.stderr = f"{login.host}: no login at {login.address}: {cause}; is the host up?\n"
    return done
