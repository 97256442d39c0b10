"""What the stack's own state says was made already."""

from typing import Any

import pulumi

from blueprint.history import History, Seat
from blueprint.schemes import Scheme
from components.broker import Broker

READ_OUTPUTS = "pulumi:pulumi:readStackResourceOutputs"
"""The engine's own function; it reads the state as the last update left it, in previews too."""

CLUSTER_TYPE = "rocketmq:cluster:Cluster"


def read_history() -> History:
    """Return the scheme, replicas and seats that the state knows; of a new stack, nothing."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    result = pulumi.runtime.invoke(READ_OUTPUTS, {"stackName": stack}).value
    scheme, replicas, seats = None, None, {}
    for urn, resource in (result or {}).get("outputs", {}).items():
        outputs: dict[str, Any] = resource.get("outputs") or {}
        if resource.get("type") == CLUSTER_TYPE and "scheme" in outputs:
            scheme = Scheme(outputs["scheme"])
            replicas = int(outputs["replicas"]) if "replicas" in outputs else None
        if resource.get("type") == Broker.TYPE and "slot" in outputs:
            name = urn.rpartition("::")[2]
            seats[name] = Seat(host=outputs["host"], slot=int(outputs["slot"]))
    return History(scheme=scheme, replicas=replicas, seats=seats)
