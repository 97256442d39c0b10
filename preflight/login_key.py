"""The private key or agent that logs in to servers of provider `existing`."""

import os
from collections.abc import Iterator
from pathlib import Path

from blueprint.hosts.ssh_keys import find_key_problem
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import ExistingHostsSettings, FileKey
from project import ROOT


def read_login_key(hosts: ExistingHostsSettings) -> str | None:
    """Return the private key's text; None if the user's agent holds the keys."""
    if not isinstance(hosts.key, FileKey):
        return None
    return _place(hosts.key).read_text("utf-8")


def find_key_problems(settings: ClusterSettings) -> Iterator[str]:
    """Check that the key file holds a private key without a passphrase."""
    hosts = settings.hosts
    if not isinstance(hosts, ExistingHostsSettings) or not isinstance(hosts.key, FileKey):
        return
    key = f"cluster.hosts.key.path: {hosts.key.path!r}"
    try:
        problem = find_key_problem(_place(hosts.key).read_text("utf-8"))
    except FileNotFoundError:
        problem = "does not exist; a path is relative to the project, or after ~/ to your home"
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read: {error.__class__.__name__}; give the private key's file"
    if problem:
        yield f"{key} {problem}"


def find_agent_problems(settings: ClusterSettings) -> Iterator[str]:
    """Check that an agent answers if the settings rely on one."""
    hosts = settings.hosts
    if not isinstance(hosts, ExistingHostsSettings) or isinstance(hosts.key, FileKey):
        return
    socket = os.environ.get("SSH_AUTH_SOCK", "")
    if not socket or not Path(socket).is_socket():
        yield (
            "cluster.hosts.key: is 'agent', but no SSH agent is running (SSH_AUTH_SOCK); start "
            'one: eval "$(ssh-agent)" && ssh-add, or write key: {source: file, path: …}'
        )


def _place(key: FileKey) -> Path:
    return ROOT / Path(key.path).expanduser()
