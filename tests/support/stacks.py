"""Settings for tests: those of the committed stacks, and clusters of any size."""

import copy
from typing import Any

from blueprint.load import Check, Preflight, load_plan
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.deployed import NOT_DEPLOYED, DeployedState
from blueprint.settings.cluster import ClusterSettings
from project import ROOT
from toolchain.stack_file import read_cluster

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))


def raw_cluster(stack: str = "local") -> dict[str, Any]:
    """Return the `cluster` object of a committed stack."""
    cluster = read_cluster(ROOT / f"Pulumi.{stack}.yaml")
    assert isinstance(cluster, dict)
    return cluster


def changed(stack: str = "local", /, **changes: Any) -> dict[str, Any]:
    """Return a stack's `cluster` object with changes; `hosts__servers__0__name` is a path."""
    raw = copy.deepcopy(raw_cluster(stack))
    for path, value in changes.items():
        steps = [int(step) if step.isdigit() else step for step in path.split("__")]
        container = raw
        for step in steps[:-1]:
            container = container[step]
        container[steps[-1]] = value
    return raw


def ring(groups: int, hosts: int, **further: Any) -> dict[str, Any]:
    """Return the `cluster` object of `groups` groups on `hosts` hosts with ample memory."""
    return {
        "hosts": {
            "provider": "nspawn",
            "servers": [
                {"name": f"server{n}", "address": f"10.98.64.{n + 100}", "memory": "1024GiB"}
                for n in range(1, hosts + 1)
            ],
        },
        "brokerGroups": [f"broker-{n}" for n in range(groups)],
        **further,
    }


def settings_of(
    raw: Any, *checks: Check, deployed: DeployedState = NOT_DEPLOYED
) -> ClusterSettings:
    """Return the settings of an object, in which neither the plan nor a check finds a problem."""
    return load_plan(raw, deployed, Preflight(checks=checks))[0]


def planned(
    raw: Any, deployed: DeployedState = NOT_DEPLOYED, *, emulated: bool = False
) -> ClusterSpec:
    """Return the plan of an object without problems; on a new stack unless a state is given."""
    return load_plan(raw, deployed, Preflight(is_emulated=lambda _: emulated))[1]
