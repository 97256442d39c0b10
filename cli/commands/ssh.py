"""`make ssh`: log in to one host of the stack."""

from cli.engine.engine import Engine
from cli.errors import CommandError
from cli.processes import show
from cli.ssh.connection import agent_with, command_to, read_logins


def ssh(engine: Engine, stack: str, host: str | None, command: str) -> int:
    """Log in to a host, or run `command` by its shell; return the exit status."""
    engine.require_stack()
    outputs = engine.outputs()
    logins = {login.host: login for login in read_logins(outputs, stack)}
    if host not in logins:
        message = (
            f"HOST={host or ''}: no such host in stack {stack}; there are {', '.join(logins)}"
        )
        raise CommandError(message)
    with agent_with(outputs.get("sshPrivateKey"), tuple(logins.values())) as ssh_words:
        return show([*command_to(ssh_words, logins[host]), *([command] if command else [])])
