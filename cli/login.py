"""SSH to the stack's hosts: pinned host keys, and a private key that only an agent holds."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

from cli.errors import CommandError
from cli.processes import ask, start

PREFIX = "rocketmq-ssh-"
AGENT_SECONDS = 10.0
SECONDS_TO_START = 180
"""What a state says nothing about that an older program wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """How one host is reached."""

    host: str
    address: str
    user: str
    host_key: str
    startup_seconds: int
    """What a host that was just started gets until its processes are ready."""


def read_logins(outputs: dict[str, Any], stack: str) -> tuple[Login, ...]:
    """Return the hosts' logins out of the stack's outputs.

    Raises:
        CommandError: the stack was never made as a whole.

    """
    try:
        return tuple(
            Login(
                host=host,
                address=said["address"],
                user=said["user"],
                host_key=said["hostKey"],
                startup_seconds=int(said.get("startupSeconds", SECONDS_TO_START)),
            )
            for host, said in sorted(outputs["logins"].items())
        )
    except (KeyError, TypeError):
        message = f"stack {stack}: has no hosts to log in to; run make up STACK={stack}"
        raise CommandError(message) from None


@contextmanager
def agent_with(private_key: str, logins: tuple[Login, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the start of an ssh command line that knows the key and the hosts."""
    _remove_folders_of_the_dead()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
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


def _remove_folders_of_the_dead() -> None:
    """Remove what killed commands left: a dead agent's socket and the pinned host keys."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(FileNotFoundError):  # another command may remove it, too
            if folder.stat().st_uid == os.geteuid() and not Path(f"/proc/{pid}").exists():
                shutil.rmtree(folder, ignore_errors=True)


def target(login: Login) -> tuple[str, ...]:
    """Return the words of an ssh command line that name the host."""
    return ("-o", f"HostKeyAlias={login.host}", f"{login.user}@{login.address}")


def _add_key(agent: Popen[bytes], socket: Path, private_key: str) -> None:
    deadline = time.monotonic() + AGENT_SECONDS
    while not socket.exists():
        if agent.poll() is not None or time.monotonic() > deadline:
            message = (
                f"ssh-agent: no socket within {AGENT_SECONDS:.0f} s; is openssh-client whole?"
            )
            raise CommandError(message)
        time.sleep(0.01)
    environment = {"SSH_AUTH_SOCK": str(socket)}
    added = ask(["ssh-add", "-q", "-"], text=private_key, environment=environment)
    if added.returncode:
        message = f"ssh-add: exit status {added.returncode}: {added.stderr.strip()}"
        raise CommandError(message)
