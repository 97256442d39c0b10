"""`make ssh`: log in to one host of the stack."""

from typing import Any

from cli.engine.deployment import hosts_in, names_in
from cli.engine.engine import Engine
from cli.errors import CommandError
from cli.processes import show
from cli.ssh.connection import agent_with, command_to, read_logins


def ssh(engine: Engine, stack: str, host: str | None, command: str) -> int:
    """Log in to a host, or run `command` by its shell; return the exit status."""
    engine.require_stack()
    outputs = engine.outputs()
    if host not in (outputs.get("logins") or {}):
        # They are exported when an update ends, which may be this one's first.
        outputs = {**outputs, **early_outputs(engine.export(show_secrets=True), stack, host)}
    logins = {login.host: login for login in read_logins(outputs, stack)}
    if host not in logins:
        message = (
            f"HOST={host or ''}: no such host in stack {stack}; there are {', '.join(logins)}"
        )
        raise CommandError(message)
    with agent_with(outputs.get("sshPrivateKey"), tuple(logins.values())) as ssh_words:
        return show([*command_to(ssh_words, logins[host]), *([command] if command else [])])


def early_outputs(stored: dict[str, Any], stack: str, host: str | None) -> dict[str, Any]:
    """Return the logins and the key that an unfinished update has recorded, if any.

    `stored` was exported with its secrets.

    Raises:
        CommandError: the machine of the host is still to be made.

    """
    found = hosts_in(stored)
    machine = (found.get("machines") or {}).get(host)
    if machine is not None and machine not in names_in(stored):
        message = (
            f"HOST={host}: its machine does not exist yet; wait for the running update of stack "
            f"{stack}, or if none is running, run make up STACK={stack}"
        )
        raise CommandError(message)
    return {name: found[name] for name in ("logins", "sshPrivateKey") if name in found}
