"""What a stored deployment says of its resources; `Engine.export` returns one."""

import json
from typing import Any

from blueprint.plan.deployed import NOT_DEPLOYED, DeployedState, deployed_state_of
from cli.engine.engine import Engine, is_installed
from cli.errors import CommandError


def resources_in(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the resources as they are stored; of a stack that was never updated, none."""
    return (stored.get("deployment") or {}).get("resources") or []


def deployed_state_in(stored: dict[str, Any]) -> DeployedState:
    """Return what the plan needs to know of the deployment."""
    return deployed_state_of((resource["urn"], resource) for resource in resources_in(stored))


def read_deployed_state(engine: Engine) -> tuple[DeployedState, str]:
    """Return the deployed state and a phrase about it; without engine or state, nothing's."""
    if not is_installed():
        return NOT_DEPLOYED, "planned as a new one, since there is no engine here to read a state"
    try:
        if not engine.exists():
            return NOT_DEPLOYED, "planned as a new one, since it was never made"
        deployed = deployed_state_in(engine.export())
    except CommandError as error:
        return NOT_DEPLOYED, f"planned as a new one, since its state cannot be read: {error}"
    if not deployed.placements:
        return deployed, "planned as a new one, since its state holds no broker"
    return deployed, f"planned around {len(deployed.placements)} brokers that its state holds"


def hosts_in(stored: dict[str, Any]) -> dict[str, Any]:
    """Return what the hosts' component registered early in the update, with secrets in clear.

    `stored` was exported with its secrets. Empty if the component is not there yet, or was made by
    a release that registered no logins.
    """
    for resource in resources_in(stored):
        outputs = resource.get("outputs") or {}
        if resource["urn"].endswith("::hosts") and "logins" in outputs:
            return {name: _revealed(value) for name, value in outputs.items()}
    return {}


def names_in(stored: dict[str, Any]) -> set[str]:
    """Return the names of the resources that exist."""
    return {str(resource["urn"]).rpartition("::")[2] for resource in resources_in(stored)}


def _revealed(value: object) -> object:
    """Return the value that an export with secrets shows inside its mark of a secret."""
    if isinstance(value, dict) and "plaintext" in value:
        return json.loads(value["plaintext"])
    return value
