"""`make archive` and `make image`: what a stack's settings need before the engine runs."""

import sys

from blueprint.rocketmq.versions import DEFAULT_VERSION
from cli.commands.lab import prepare_lab
from cli.engine.stack_folder import StackFolder
from cli.processes import show
from cli.tools import run_tool
from project import ROOT


def make_archive(folder: StackFolder) -> int:
    """Assemble the RocketMQ archive if the settings ask for an assembled one."""
    cluster = folder.cluster()
    if cluster.get("artifact", "maven") not in ("maven", {"source": "maven"}):
        return 0
    version = str(cluster.get("version", DEFAULT_VERSION))
    return show([sys.executable, "-m", "toolchain.archive", version], folder=ROOT)


def make_image(folder: StackFolder) -> None:
    """Make the image of the stack's hosts, and install the hypervisor if they need one."""
    provider = folder.provider()
    if provider == "nspawn":
        run_tool("machines", "image")
    elif provider == "libvirt":
        prepare_lab(folder)
