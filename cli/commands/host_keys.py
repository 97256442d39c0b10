"""The host keys that servers show, as YAML to paste into the settings."""

import base64
import copy
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blueprint.hosts.logins import Bastion, Login, plan_logins
from blueprint.load import NO_PREFLIGHT, Preflight, load_settings
from blueprint.settings.hosts import ExistingHostsSettings
from blueprint.settings.ssh import PINNABLE, parse_host_key
from cli.commands.existing import EXISTING, existing_hosts
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.processes import ask_together
from cli.ssh.connection import (
    WITHOUT_CONFIGURATION,
    agent_with,
    command_to,
    command_to_bastion,
    options,
)
from cli.ssh.probe import require_bastion
from preflight.login_key import find_key_problems, read_login_key

STAND_IN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPw532/fcMNzQhJHtpYz7axCYTUw7QUxgxOyYeHSkyTP"
"""Takes the place of a missing host key; nobody has its private half."""
ANSWER_SECONDS = 15
CONSOLE = "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"


def print_host_keys(folder: StackFolder) -> int:
    """Print each server's host key, through the bastion if any, without logging in."""
    raw = folder.cluster()
    if folder.provider() not in {None, EXISTING}:
        message = (
            f"STACK={folder.stack}: the host keys of this stack are generated; "
            f"make hostkeys is for provider {EXISTING}"
        )
        raise CommandError(message)
    hosts = _settings_without_keys(raw)
    pinned = {server.get("name"): server.get("hostKey") for server in raw["hosts"]["servers"]}
    logins = plan_logins(hosts)
    bastion = logins[0].bastion
    sys.stdout.write(
        f"# Compare each fingerprint with what the server's own console prints: {CONSOLE}\n"
    )
    if bastion is not None and bastion.host_key == STAND_IN:
        # Nothing goes through the bastion before its own key is pinned.
        (found,) = _scan([command_to_bastion(WITHOUT_CONFIGURATION, bastion)])
        _print_bastion(found, bastion)
        return 0
    if bastion is None:
        keys = _scan([command_to(WITHOUT_CONFIGURATION, login) for login in logins])
    else:
        with agent_with(read_login_key(hosts), logins) as ssh:
            require_bastion(ssh, bastion, folder.stack)
            keys = _scan([command_to(ssh, login) for login in logins])
    sys.stdout.write("servers:\n")
    for login, key in zip(logins, keys, strict=True):
        _print_server(login, key, pinned.get(login.host))
    return 0 if all(keys) else 1


def fingerprint_of(key: str) -> str:
    """Return a public key's fingerprint in the form of ssh-keygen."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def _settings_without_keys(raw: dict[str, Any]) -> ExistingHostsSettings:
    """Return the settings with a stand-in for every host key that is missing or unusable."""
    whole = copy.deepcopy(raw)
    for owner in _owners_of_keys(whole.get("hosts")):
        try:
            parse_host_key(str(owner.get("hostKey", "")))
        except ValueError:
            owner["hostKey"] = STAND_IN
    # Only a bastion needs a login key.
    with_bastion = (whole.get("hosts") or {}).get("bastion")
    preflight = Preflight(checks=(find_key_problems,)) if with_bastion else NO_PREFLIGHT
    return existing_hosts(load_settings(whole, preflight))


def _owners_of_keys(hosts: object) -> Iterator[dict[str, Any]]:
    if isinstance(hosts, dict):
        servers = hosts.get("servers")
        for owner in (*(servers if isinstance(servers, list) else ()), hosts.get("bastion")):
            if isinstance(owner, dict):
                yield owner


def _scan(commands: list[tuple[str, ...]]) -> list[str]:
    """Return the key that each server shows; empty if none.

    By ssh, because ssh-keyscan cannot use a bastion: it records the key before it authenticates,
    and here it is given nothing to authenticate with.
    """
    with tempfile.TemporaryDirectory(prefix="rocketmq-keys-") as folder:
        files = [Path(folder) / str(number) for number in range(len(commands))]
        ask_together(
            [
                ("timeout", str(ANSWER_SECONDS), command[0], *_asking(file), *command[1:], "true")
                for command, file in zip(commands, files, strict=True)
            ]
        )
        return [_noted(file) for file in files]


def _asking(file: Path) -> tuple[str, ...]:
    return options(
        UserKnownHostsFile=file,
        GlobalKnownHostsFile="/dev/null",
        StrictHostKeyChecking="accept-new",
        HashKnownHosts="no",
        HostKeyAlgorithms=",".join(PINNABLE),
        PreferredAuthentications="none",
        BatchMode="yes",
        ConnectTimeout=5,
    )


def _noted(file: Path) -> str:
    if not file.exists():
        return ""
    lines = file.read_text("utf-8").splitlines()
    return " ".join(lines[-1].split()[1:3]) if lines else ""


def _print_bastion(key: str, bastion: Bastion) -> None:
    if not key:
        message = (
            f"bastion {bastion.address}: no answer by SSH on port {bastion.port}; check that it "
            "is up"
        )
        raise CommandError(message)
    sys.stdout.write(
        f"bastion:\n  # {fingerprint_of(key)}\n  hostKey: {key}\n"
        "# Paste this one first, then run make hostkeys again for the servers behind it.\n"
    )


def _print_server(login: Login, key: str, pinned: object) -> None:
    sys.stdout.write(f"  - name: {login.host}\n")
    if not key:
        sys.stdout.write("    # no answer\n")
        sys.stderr.write(
            f"{login.host}: {login.address} shows no host key of type ed25519 or ecdsa on port "
            f"{login.port}; check that it is up and reachable from here\n"
        )
        return
    same = isinstance(pinned, str) and pinned.split()[:2] == key.split()
    note = "as in the settings" if same else "NOT as in the settings" if pinned else "new"
    sys.stdout.write(f"    # {fingerprint_of(key)} ({note})\n    hostKey: {key}\n")
