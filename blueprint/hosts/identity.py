"""The identity of a server that we did not make: what tells it from another of its name."""

from blueprint.hosts.ssh_keys import fingerprint
from blueprint.settings.hosts import ExistingServerSettings

SEPARATOR = ":"


def identity_of(server: ExistingServerSettings) -> str:
    """Return what changes with the server's host key and its `generation`; begins by its name."""
    return SEPARATOR.join((server.name, fingerprint(server.host_key), str(server.generation)))


def host_in(identity: str) -> str:
    """Return the name of the server that an identity belongs to."""
    return identity.partition(SEPARATOR)[0]


def is_of_another_key(identity: str, server: ExistingServerSettings) -> bool:
    """Tell whether an identity was recorded under another host key than the server has now."""
    return identity.split(SEPARATOR)[1:2] != [fingerprint(server.host_key)]
