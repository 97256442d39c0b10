"""`make archive` and `make image`: what a stack's settings need before the engine runs."""

import sys
from collections.abc import Mapping
from typing import Any

from blueprint.rocketmq.versions import DEFAULT_VERSION
from cli.commands.lab import prepare_lab
from cli.engine.deployment import read_deployed_state
from cli.engine.engine import Engine
from cli.engine.stack_folder import StackFolder
from cli.processes import show
from cli.tools import run_tool
from project import ROOT


def make_archive(engine: Engine, folder: StackFolder) -> int:
    """Assemble or download the RocketMQ archive if this computer is to upload it."""
    cluster = folder.cluster()
    artifact = cluster.get("artifact", "maven")
    keys = artifact if isinstance(artifact, dict) else {"source": artifact}
    if keys.get("source") == "maven":
        words = ["toolchain.archive", _version(engine, cluster)]
    elif keys.get("source") == "official" and folder.provider() == "nspawn":
        given = [str(keys["sha512"])] if keys.get("sha512") else []
        words = ["toolchain.archive.official", _version(engine, cluster), *given]
    else:
        return 0
    return show([sys.executable, "-m", *words], folder=ROOT)


def make_image(folder: StackFolder) -> None:
    """Make the image of the stack's hosts, and install the hypervisor if they need one."""
    provider = folder.provider()
    if provider == "nspawn":
        run_tool("machines", "image")
    elif provider == "libvirt":
        prepare_lab(folder)


def _version(engine: Engine, cluster: Mapping[str, Any]) -> str:
    """Return the version of the settings, or else the deployed one."""
    named = cluster.get("version") or read_deployed_state(engine)[0].version
    return str(named or DEFAULT_VERSION)
