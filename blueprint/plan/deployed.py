"""What the last update deployed, as far as the next one must take it into account."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blueprint.hosts.identity import host_in, is_of_existing_server, key_in
from blueprint.rocketmq.schemes import Scheme

CLUSTER_TYPE = "rocketmq:cluster:Cluster"
BROKER_TYPE = "rocketmq:broker:Broker"
HOST_TYPE = "rocketmq:prepared_host:PreparedHost"
INSTALL_TYPE = "rocketmq:rocketmq_install:RocketmqInstall"
COMMAND_TYPE = "command:remote:Command"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """Where one broker is: its host, and its number among the brokers of its kind there."""

    host: str
    slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedState:
    """The cluster as the stack's state knows it; all empty for a new stack."""

    version: str | None = None
    """RocketMQ's, once it is installed on a host."""
    scheme: Scheme | None = None
    replicas: int | None = None
    """Copies of every message, the master's included."""
    controllers: tuple[str, ...] = ()
    """Their names, in the order of their ids."""
    placements: Mapping[str, Placement] = field(default_factory=dict)
    """By the broker's name; it stays there for as long as it is in the plan."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """By the name of each host that holds anything of ours."""
    host_keys: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints by host, of provider `existing` alone: the others make their hosts' keys."""


NOT_DEPLOYED = DeployedState()


Record = tuple[str, Any, Mapping[str, Any]]
"""The name, type and outputs of a resource."""


def deployed_state_of(resources: Iterable[tuple[str, Mapping[str, Any]]]) -> DeployedState:
    """Return what the resources of a state say; each is a URN and the state's record of it."""
    found: list[Record] = [
        (urn.rpartition("::")[2], resource.get("type"), resource.get("outputs") or {})
        for urn, resource in resources
    ]
    cluster = next((out for _, kind, out in found if kind == CLUSTER_TYPE and "scheme" in out), {})
    return DeployedState(
        version=_installed_version(found),
        scheme=Scheme(cluster["scheme"]) if cluster else None,
        replicas=int(cluster["replicas"]) if "replicas" in cluster else None,
        controllers=tuple(cluster.get("controllers") or ()),
        placements={
            name: Placement(host=out["host"], slot=int(out["slot"]))
            for name, kind, out in found
            if kind == BROKER_TYPE and "slot" in out
        },
        addresses={
            name: out["address"]
            for name, kind, out in found
            if kind == HOST_TYPE and "address" in out
        },
        host_keys=dict(_host_keys(out for _, kind, out in found if kind == COMMAND_TYPE)),
    )


def is_half_written(message: str) -> bool:
    """Tell whether the engine failed to read a state because it was just being written."""
    return message.rstrip().endswith("EOF")


def unpacked_name(install: str) -> str:
    """Return the name of the command that unpacks the archive of an install."""
    return f"{install}-unpacked"


def _installed_version(found: Sequence[Record]) -> str | None:
    """Return the version of an install that unpacked its archive.

    An update that fails before, for instance since there is no such version, leaves the choice.
    """
    names = {name for name, kind, _ in found if kind == COMMAND_TYPE}
    for name, kind, out in found:
        if kind == INSTALL_TYPE and "version" in out and unpacked_name(name) in names:
            return str(out["version"])
    return None


def _host_keys(commands: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for outputs in commands:
        # The only trigger of a command on a host is the host's identity.
        for identity in outputs.get("triggers") or ():
            if is_of_existing_server(identity):
                yield host_in(identity), key_in(identity)
