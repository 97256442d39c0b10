"""`make archive` and `make image`: what a stack's settings need before the engine runs."""

import sys

from blueprint.rocketmq.versions import DEFAULT_VERSION
from cli.commands.lab import prepare_lab
from cli.engine.stack_folder import StackFolder
from cli.processes import show
from cli.tools import run_tool
from project import ROOT


def make_archive(folder: StackFolder) -> int:
    """Assemble or download the RocketMQ archive if this computer is to upload it."""
    cluster = folder.cluster()
    artifact = cluster.get("artifact", "maven")
    keys = artifact if isinstance(artifact, dict) else {"source": artifact}
    version = str(cluster.get("version", DEFAULT_VERSION))
    if keys.get("source") == "maven":
        words = ["toolchain.archive", version]
    elif keys.get("source") == "official" and folder.provider() == "nspawn":
        given = [str(keys["sha512"])] if keys.get("sha512") else []
        words = ["toolchain.archive.official", version, *given]
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
