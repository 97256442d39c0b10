"""What an earlier update made and a later one must not forget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from blueprint.rocketmq.schemes import Scheme

CLUSTER_TYPE = "rocketmq:cluster:Cluster"
BROKER_TYPE = "rocketmq:broker:Broker"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """Where one broker is: its host, and its number among the brokers of its kind there."""

    host: str
    slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedState:
    """The cluster as the stack's state knows it; of a new stack there is nothing to know."""

    scheme: Scheme | None = None
    replicas: int | None = None
    """Copies of every message, the master's included."""
    controllers: tuple[str, ...] = ()
    """Their names, in the order of their ids."""
    placements: Mapping[str, Placement] = field(default_factory=dict)
    """By the broker's name; it stays there for as long as it is in the plan."""


NOT_DEPLOYED = DeployedState()


def deployed_state_of(resources: Iterable[tuple[str, Mapping[str, Any]]]) -> DeployedState:
    """Return what the resources of a state say, each its URN and what the state keeps of it."""
    scheme, replicas, placements = None, None, {}
    controllers: tuple[str, ...] = ()
    for urn, resource in resources:
        outputs = resource.get("outputs") or {}
        if resource.get("type") == CLUSTER_TYPE and "scheme" in outputs:
            scheme = Scheme(outputs["scheme"])
            replicas = int(outputs["replicas"]) if "replicas" in outputs else None
            controllers = tuple(outputs.get("controllers") or ())
        if resource.get("type") == BROKER_TYPE and "slot" in outputs:
            name = urn.rpartition("::")[2]
            placements[name] = Placement(host=outputs["host"], slot=int(outputs["slot"]))
    return DeployedState(
        scheme=scheme, replicas=replicas, controllers=controllers, placements=placements
    )
