"""What a stack's virtual machines need on this computer before the engine runs."""

from typing import Any

from blueprint.hosts.acceleration import architecture_of
from blueprint.hosts.images import plan_image
from blueprint.settings.hosts import BuiltImage, LibvirtHostsSettings
from cli.engine.deployment import resources_in
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.tools import run_tool
from machines.libvirt.built_image import built_digest
from machines.libvirt.contents import clear_orphans
from machines.libvirt.daemon import LOCAL_URI
from machines.libvirt.image import ensure_image
from machines.libvirt.virsh import Virsh
from project import ROOT


def prepare_lab(folder: StackFolder) -> None:
    """Start libvirt and put the image in place."""
    hosts = _hosts(folder)
    if hosts is None:
        # The program reports what is wrong with the settings.
        return
    run_tool("machines.libvirt", "ready", "--uri", hosts.uri)
    if isinstance(hosts.image, BuiltImage):
        run_tool("machines.libvirt", "build")
    try:
        architecture = architecture_of(Virsh(hosts.uri).run("capabilities"))
        image = plan_image(hosts.image, architecture, built_digest())
    except ValueError as error:
        raise CommandError(str(error)) from error
    ensure_image(image, ROOT)


def clear_leftovers(folder: StackFolder, deployment: dict[str, Any]) -> None:
    """Remove what a failed or killed run left on the hypervisor without recording it."""
    hosts = _hosts(folder)
    if hosts is None or not Virsh(hosts.uri).answers():
        return
    known = {
        resource.get("inputs", {}).get("name")
        for resource in resources_in(deployment)
        if resource["type"].startswith("libvirt:")
    }
    clear_orphans(Virsh(hosts.uri), folder.stack, known - {None})


def uri_of(folder: StackFolder) -> str:
    """Return the libvirt URI of the settings, or the default."""
    hosts = _hosts(folder)
    return LOCAL_URI if hosts is None else hosts.uri


def _hosts(folder: StackFolder) -> LibvirtHostsSettings | None:
    try:
        return LibvirtHostsSettings.model_validate(folder.cluster().get("hosts"))
    except ValueError:
        return None
