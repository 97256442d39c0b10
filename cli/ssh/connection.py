"""SSH to the stack's hosts, with pinned host keys and a private key held only by an agent."""

import contextlib
import os
import shlex
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

from blueprint.hosts.logins import DEFAULT_PORT, Bastion, Login, as_root
from cli.errors import CommandError
from cli.processes import start
from system.processes import has_ended
from system.programs import capture, tool_environment

PREFIX = "rocketmq-ssh-"
AGENT_SECONDS = 10.0
WITHOUT_CONFIGURATION = ("ssh", "-F", "/dev/null")
BASTION = "the.bastion"
"""Its alias in known_hosts; no host of the settings can have this name."""


def read_logins(outputs: dict[str, Any], stack: str) -> tuple[Login, ...]:
    """Return the hosts' logins out of the stack's outputs.

    Raises:
        CommandError: no update of the stack has finished.

    """
    try:
        return tuple(Login.from_json(*login) for login in sorted(outputs["logins"].items()))
    except (KeyError, TypeError):
        message = f"stack {stack}: has no hosts to log in to; run make up STACK={stack}"
        raise CommandError(message) from None


@contextmanager
def agent_with(private_key: str | None, logins: tuple[Login, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the beginning of an ssh command line that has the key and the host keys.

    `private_key` is None to use the user's own agent. The keys of the bastions are pinned, too.
    """
    _remove_stale_folders()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        known_hosts = Path(folder) / "known_hosts"
        lines = [f"{login.host} {login.host_key}\n" for login in logins]
        keys = dict.fromkeys(login.bastion.host_key for login in logins if login.bastion)
        lines += [f"{BASTION} {key}\n" for key in keys]
        known_hosts.write_text("".join(lines), "utf-8")
        with _agent(private_key, Path(folder) / "agent") as address:
            pinned = options(
                UserKnownHostsFile=known_hosts,
                GlobalKnownHostsFile="/dev/null",
                StrictHostKeyChecking="yes",
                IdentityAgent=address,
                IdentityFile="none",
                # Key authentication only; never prompt.
                BatchMode="yes",
                ConnectTimeout=10,
                ServerAliveInterval=15,
                LogLevel="ERROR",
            )
            yield (*WITHOUT_CONFIGURATION, *pinned)


def options(**values: str | int | Path) -> tuple[str, ...]:
    """Return ssh's options, by name, as words of its command line."""
    return tuple(word for name, value in values.items() for word in ("-o", f"{name}={value}"))


@contextmanager
def _agent(private_key: str | None, address: Path) -> Iterator[Path]:
    """Yield the socket of the user's agent, or of a temporary one that holds the key."""
    if private_key is None:
        existing = os.environ.get("SSH_AUTH_SOCK", "")
        if not existing:
            message = (
                'no SSH agent answers (SSH_AUTH_SOCK); start one: eval "$(ssh-agent)" && ssh-add'
            )
            raise CommandError(message)
        yield Path(existing)
        return
    agent = start(["ssh-agent", "-D", "-a", str(address)])
    try:
        _add_key(agent, address, private_key)
        yield address
    finally:
        agent.terminate()
        agent.wait(timeout=10)


def _remove_stale_folders() -> None:
    """Remove the folders of killed commands: agent socket and pinned host keys."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(FileNotFoundError):  # another command may remove it first
            in_use = pid.isdecimal() and not has_ended(int(pid))
            if folder.stat().st_uid == os.geteuid() and not in_use:
                shutil.rmtree(folder, ignore_errors=True)


def command_to(ssh: tuple[str, ...], login: Login) -> tuple[str, ...]:
    """Return an ssh command line to a host, through its bastion if any."""
    words = [*ssh, "-o", f"HostKeyAlias={login.host}"]
    if login.bastion:
        # ssh -J would look for the bastion's key in the user's known_hosts.
        words += ["-o", f"ProxyCommand={proxy_command(ssh, login.bastion)}"]
    return (*words, *_place(login.user, login.address, login.port))


def command_as_root(ssh: tuple[str, ...], login: Login, *words: str) -> tuple[str, ...]:
    """Return an ssh command line that runs `words` on a host with root's rights."""
    return (*command_to(ssh, login), shlex.join(as_root(login.user, *words)))


def command_to_bastion(ssh: tuple[str, ...], bastion: Bastion) -> tuple[str, ...]:
    """Return an ssh command line to the bastion itself."""
    place = _place(bastion.user, bastion.address, bastion.port)
    return (*ssh, "-o", f"HostKeyAlias={BASTION}", *place)


def proxy_command(ssh: tuple[str, ...], bastion: Bastion) -> str:
    """Return the ProxyCommand that reaches a host through the bastion."""
    *words, place = (word.replace("%", "%%") for word in command_to_bastion(ssh, bastion))
    return shlex.join([*words, "-W", "[%h]:%p", place])


def _place(user: str, address: str, port: int) -> tuple[str, ...]:
    options = () if port == DEFAULT_PORT else ("-p", str(port))
    return (*options, f"{user}@{address}")


def _is_listening(address: Path) -> bool:
    """Return whether connections are accepted; the file of a socket is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(address))
        except OSError:
            return False
    return True


def _add_key(agent: Popen[bytes], address: Path, private_key: str) -> None:
    deadline = time.monotonic() + AGENT_SECONDS
    while not _is_listening(address):
        if agent.poll() is not None or time.monotonic() > deadline:
            message = (
                f"ssh-agent: no socket within {AGENT_SECONDS:.0f} s; reinstall openssh-client"
            )
            raise CommandError(message)
        time.sleep(0.01)
    environment = tool_environment({"SSH_AUTH_SOCK": str(address)})
    added = capture(["ssh-add", "-q", "-"], text=private_key, environment=environment)
    if added.returncode:
        message = f"ssh-add: exit status {added.returncode}: {added.stderr.strip()}"
        raise CommandError(message)
