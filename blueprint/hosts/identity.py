"""The identity of a server of provider `existing`: what tells it from another of its name.

The resources on the server are recorded with it; the other providers' identities have no colon.
"""

from blueprint.hosts.ssh_keys import fingerprint
from blueprint.settings.hosts import ExistingServerSettings

SEPARATOR = ":"
PARTS = 3


def identity_of(server: ExistingServerSettings) -> str:
    """Return `name:fingerprint:generation`."""
    return SEPARATOR.join((server.name, fingerprint(server.host_key), str(server.generation)))


def is_of_existing_server(identity: object) -> bool:
    """Return whether `identity_of` made this identity."""
    return isinstance(identity, str) and len(identity.split(SEPARATOR)) == PARTS


def host_in(identity: str) -> str:
    """Return the name of the host in an identity."""
    return identity.partition(SEPARATOR)[0]


def key_in(identity: str) -> str:
    """Return the fingerprint of the host key in an identity; empty for another provider's."""
    return identity.partition(SEPARATOR)[2].partition(SEPARATOR)[0]


def is_of_another_key(identity: str, server: ExistingServerSettings) -> bool:
    """Return whether an identity was recorded under another host key than the server has now."""
    return key_in(identity) != fingerprint(server.host_key)
