"""How a host is reached by SSH: from the settings, and to and from the stack's output `logins`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blueprint.settings.hosts import ExistingHostsSettings

DEFAULT_PORT = 22
DEFAULT_STARTUP_SECONDS = 180
"""Of a host that is not emulated, and of outputs that former releases wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bastion:
    """The server that connections go through."""

    address: str
    port: int
    user: str
    host_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """How one host is reached."""

    host: str
    address: str
    user: str
    host_key: str
    """The pinned public key, as a line of authorized_keys."""
    startup_seconds: int = DEFAULT_STARTUP_SECONDS
    """How long the processes of a host that was just started may take to be ready."""
    port: int = DEFAULT_PORT
    bastion: Bastion | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the login as the output `logins` holds it under the host's name."""
        login = {**_endpoint(self), "startupSeconds": self.startup_seconds}
        return login if self.bastion is None else {**login, "bastion": _endpoint(self.bastion)}

    @classmethod
    def from_json(cls, host: str, login: Mapping[str, Any]) -> "Login":
        """Return a host's login out of the output `logins`, of former releases too.

        Raises:
            KeyError: the address, the user or the key is missing.

        """
        bastion = login.get("bastion")
        return cls(
            host=host,
            startup_seconds=int(login.get("startupSeconds", DEFAULT_STARTUP_SECONDS)),
            bastion=Bastion(**_arguments(bastion)) if bastion else None,
            **_arguments(login),
        )


def plan_logins(hosts: ExistingHostsSettings) -> tuple[Login, ...]:
    """Return how each server of the settings is reached, in their order."""
    through, bastion = hosts.bastion, None
    if through is not None:
        user = through.user or hosts.user
        bastion = Bastion(
            address=through.address, port=through.port, user=user, host_key=through.host_key
        )
    return tuple(
        Login(
            host=server.name,
            address=server.ssh.address or str(server.address),
            user=server.ssh.user or hosts.user,
            host_key=server.host_key,
            port=server.ssh.port,
            bastion=bastion,
        )
        for server in hosts.servers
    )


def as_root(user: str, *words: str) -> tuple[str, ...]:
    """Return words that run with root's rights where `user` is logged in."""
    return words if user == "root" else ("sudo", "-n", *words)


def _endpoint(place: Login | Bastion) -> dict[str, Any]:
    return {
        "address": place.address,
        "port": place.port,
        "user": place.user,
        "hostKey": place.host_key,
    }


def _arguments(place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "address": place["address"],
        "port": int(place.get("port", DEFAULT_PORT)),
        "user": place["user"],
        "host_key": place["hostKey"],
    }
