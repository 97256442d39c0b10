"""What the state of the running stack knows of the last update."""

import pulumi

from blueprint.plan.deployed import DeployedState, deployed_state_of

READ_OUTPUTS = "pulumi:pulumi:readStackResourceOutputs"
"""The engine's own function; it reads the state as the last update left it, in previews too."""


def read_deployed_state() -> DeployedState:
    """Return what the state knows; nothing for a new stack."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    result = pulumi.runtime.invoke(READ_OUTPUTS, {"stackName": stack}).value
    return deployed_state_of((result or {}).get("outputs", {}).items())
