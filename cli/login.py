"""SSH to the stack's hosts: pinned host keys, and a private key that only an agent holds."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

from cli.errors import CommandError
from cli.processes import ask, start


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """How one host is reached."""

    host: str
    address: str
    user: str
    host_key: str


def read_logins(outputs: dict[str, Any], stack: str) -> tuple[Login, ...]:
    """Return the hosts' logins out of the stack's outputs.

    Raises:
        CommandError: the stack was never made as a whole.

    """
    try:
        return tuple(
            Login(host=host, address=said["address"], user=said["user"], host_key=said["hostKey"])
            for host, said in sorted(outputs["logins"].items())
        )
    except (KeyError, TypeError):
        message = f"stack {stack}: has no hosts to log in to; run make up STACK={stack}"
        raise CommandError(message) from None


@contextmanager
def agent_with(private_key: str, logins: tuple[Login, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the start of an ssh command line that knows the key and the hosts."""
    with tempfile.TemporaryDirectory(prefix="rocketmq-ssh-") as folder:
        socket = Path(folder) / "agent"
        known_hosts = Path(folder) / "known_hosts"
        lines = [f"{login.host} {login.host_key}\n" for login in logins]
        known_hosts.write_text("".join(lines), "utf-8")
        agent = start(["ssh-agent", "-D", "-a", str(socket)])
        try:
            _add_key(agent, socket, private_key)
            options = {
                "UserKnownHostsFile": str(known_hosts),
                "GlobalKnownHostsFile": "/dev/null",
                "StrictHostKeyChecking": "yes",
                "IdentityAgent": str(socket),
                "IdentityFile": "none",
                "ConnectTimeout": "10",
                "ServerAliveInterval": "15",
                "LogLevel": "ERROR",
            }
            pairs = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
            yield ("ssh", "-F", "/dev/null", *pairs)
        finally:
            agent.terminate()
            agent.wait(timeout=10)


def target(login: Login) -> tuple[str, ...]:
    """Return the words of an ssh command line that name the host."""
    return ("-o", f"HostKeyAlias={login.host}", f"{login.user}@{login.address}")


def _add_key(agent: Popen[bytes], socket: Path, private_key: str) -> None:
    while not socket.exists():
        if agent.poll() is not None:
            message = "ssh-agent: ended at once; is openssh-client whole?"
            raise CommandError(message)
    environment = {"SSH_AUTH_SOCK": str(socket)}
    added = ask(["ssh-add", "-q", "-"], text=private_key, environment=environment)
    if added.returncode:
        message = f"ssh-add: exit status {added.returncode}: {added.stderr.strip()}"
        raise CommandError(message)
