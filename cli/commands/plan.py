"""The plan of a stack, read from its file and its state; nothing is made or changed."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping

from blueprint.errors import SettingsError
from blueprint.load import parse_settings
from blueprint.overview.document import render_plan_json
from blueprint.overview.mermaid import render_plan_mermaid
from blueprint.overview.text import SHOWN_ALREADY, render_plan_page, render_plan_summary
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.deployed import NOT_DEPLOYED, DeployedState, deployed_state_of
from blueprint.plan.topology import plan_cluster
from cli.engine.engine import Engine
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError

FORMATS: Mapping[str, Callable[[ClusterSpec], str]] = {
    "text": render_plan_page,
    "json": render_plan_json,
    "mermaid": render_plan_mermaid,
}


def print_plan(engine: Engine, folder: StackFolder, shape: str) -> None:
    """Print the plan in one of the formats; a line on stderr says what it rests on.

    Raises:
        SettingsError: the settings cannot be used.

    """
    raw = folder.committed_cluster()
    deployed, rests_on = _read_deployed_state(engine)
    cluster = plan_cluster(parse_settings(raw, deployed=deployed), deployed)
    sys.stderr.write(f"stack {folder.stack}: {rests_on}\n")
    sys.stderr.flush()
    sys.stdout.write(FORMATS[shape](cluster))


def print_plan_summary(engine: Engine, folder: StackFolder) -> None:
    """Print what a preview begins with; the program itself says what is wrong with settings."""
    deployed = _deployed_state(engine)
    try:
        cluster = plan_cluster(parse_settings(folder.cluster(), deployed=deployed), deployed)
    except SettingsError:
        return
    sys.stdout.write(render_plan_summary(cluster) + "\n")
    sys.stdout.flush()
    os.environ[SHOWN_ALREADY] = "yes"


def _read_deployed_state(engine: Engine) -> tuple[DeployedState, str]:
    """Return what the state knows and a line about it; a plan needs neither engine nor state."""
    if shutil.which("pulumi") is None:
        return NOT_DEPLOYED, "planned as a new one, since there is no engine here to read a state"
    try:
        if not engine.exists():
            return NOT_DEPLOYED, "planned as a new one, since it was never made"
        deployed = _deployed_state(engine)
    except CommandError as error:
        return NOT_DEPLOYED, f"planned as a new one, since its state cannot be read: {error}"
    if not deployed.placements:
        return deployed, "planned as a new one, since its state holds no broker"
    return deployed, f"planned around {len(deployed.placements)} brokers that its state holds"


def _deployed_state(engine: Engine) -> DeployedState:
    resources = engine.export().get("deployment", {}).get("resources", [])
    return deployed_state_of((resource["urn"], resource) for resource in resources)
