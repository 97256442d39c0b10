"""The disk from which a virtual machine reads its user, keys and network at its first boot."""

import atexit
from collections.abc import Mapping
from functools import partial

import pulumi
import pulumi_libvirt as libvirt

from blueprint.hosts.names import short_digest
from machines.libvirt import cloud_init_image
from project import ROOT
from system.errors import LocalError


def make_cloud_init_disk(
    name: str,
    domain: str,
    pool: str,
    contents: pulumi.Output[Mapping[str, str]],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Register a volume with files by name; return what a domain's `cloudinit` takes.

    Not a `libvirt.CloudInitDisk`: the provider downloads that one at each refresh, and 1 to 5 of
    100 downloads come back empty (docs/adr/0022).
    """
    volume_name = pulumi.Output.unsecret(
        contents.apply(lambda texts: f"{domain}-cloud-init-{short_digest(*texts.values())}.iso")
    )
    source = pulumi.Output.all(volume_name, contents).apply(lambda both: _image(*both))
    volume = libvirt.Volume(
        name, name=volume_name, pool=pool, source=pulumi.Output.unsecret(source), opts=opts
    )
    pulumi.Output.all(volume.id, volume_name).apply(lambda both: _remove(both[1]))
    # The provider takes "VOLUME;ANYTHING", the id of a CloudInitDisk.
    return pulumi.Output.concat(volume.id, ";", volume_name)


def _image(volume: str, contents: Mapping[str, str]) -> str:
    """Return the path of the volume's image, which an update writes and a preview does not."""
    link = cloud_init_image.image_link(volume)
    if not pulumi.runtime.is_dry_run():
        # It holds the host's private key: it is removed when the volume is there or the run ends.
        atexit.register(partial(_remove, volume))
        try:
            cloud_init_image.write_image(ROOT / link, contents)
        except LocalError as error:
            raise pulumi.RunError(str(error)) from error
    return link


def _remove(volume: str) -> None:
    if not pulumi.runtime.is_dry_run():
        (ROOT / cloud_init_image.image_link(volume)).unlink(missing_ok=True)
