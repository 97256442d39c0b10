"""What the stack's own state says is deployed."""

import time
from typing import Any

import pulumi

from blueprint.errors import StateError
from blueprint.plan.deployed import DeployedState, deployed_state_of, is_half_written

READ_OUTPUTS = "pulumi:pulumi:readStackResourceOutputs"
"""A function of the engine; it reads the state that the last update left, in previews too."""

ATTEMPTS = 100
PAUSE_SECONDS = 0.05


def read_deployed_state() -> DeployedState:
    """Return the scheme, replicas and placements that the state knows; of a new stack, nothing.

    Raises:
        StateError: the state cannot be read, so nothing may be planned.

    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE_SECONDS if attempt else 0)
        try:
            found = pulumi.runtime.invoke(READ_OUTPUTS, {"stackName": stack}).value
        except Exception as error:  # the SDK raises nothing narrower
            cause = str(error).rpartition("returned an error: ")[2]
            # The engine records a new stack while its program starts, and its file backend
            # truncates the state's file of attributes before it writes it again.
            if is_half_written(cause):
                continue
            raise StateError(pulumi.get_stack(), cause) from error
        return deployed_state_of(_resources(found).items())
    raise StateError(pulumi.get_stack(), cause)


def _resources(answer: object) -> dict[str, Any]:
    """Return the resources of an answer; one without any is not taken for an empty state."""
    resources = answer.get("outputs") if isinstance(answer, dict) else None
    if not isinstance(resources, dict):
        raise StateError(
            pulumi.get_stack(), f"the engine answered without resources: {type(answer).__name__}"
        )
    return resources
