"""What a stored deployment says of its resources; `Engine.export` returns one."""

from typing import Any

from blueprint.plan.deployed import DeployedState, deployed_state_of


def resources_in(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the resources as they are stored; of a stack that was never updated, none."""
    return (stored.get("deployment") or {}).get("resources") or []


def deployed_state_in(stored: dict[str, Any]) -> DeployedState:
    """Return what the plan needs to know of the deployment."""
    return deployed_state_of((resource["urn"], resource) for resource in resources_in(stored))
