"""The plan of a stack, read from its file and its state; nothing is made or changed."""

import os
import sys
from collections.abc import Callable, Mapping

from blueprint.errors import SettingsError
from blueprint.load import NO_PREFLIGHT, load_plan
from blueprint.overview.document import render_plan_json
from blueprint.overview.mermaid import render_plan_mermaid
from blueprint.overview.text import SHOWN_ALREADY, render_plan_page, render_plan_summary
from blueprint.plan.cluster_spec import ClusterSpec
from cli.engine.deployment import deployed_state_in, read_deployed_state
from cli.engine.engine import Engine
from cli.engine.stack_folder import StackFolder

FORMATS: Mapping[str, Callable[[ClusterSpec], str]] = {
    "text": render_plan_page,
    "json": render_plan_json,
    "mermaid": render_plan_mermaid,
}


def print_plan(engine: Engine, folder: StackFolder, shape: str) -> None:
    """Print the plan in one of `FORMATS`, and on stderr what it was planned from."""
    raw = folder.committed_cluster()
    deployed, basis = read_deployed_state(engine)
    _, cluster = load_plan(raw, deployed, NO_PREFLIGHT)
    sys.stderr.write(f"stack {folder.stack}: {basis}\n")
    sys.stderr.flush()
    sys.stdout.write(FORMATS[shape](cluster))


def print_plan_summary(engine: Engine, folder: StackFolder) -> None:
    """Print the head of a preview; problems of the settings are left to the program's report."""
    deployed = deployed_state_in(engine.export())
    try:
        _, cluster = load_plan(folder.cluster(), deployed, NO_PREFLIGHT)
    except SettingsError:
        return
    sys.stdout.write(render_plan_summary(cluster) + "\n")
    sys.stdout.flush()
    os.environ[SHOWN_ALREADY] = "yes"
