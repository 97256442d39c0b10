"""What the hypervisor says of itself, asked before anything is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pulumi

from blueprint.acceleration import architecture_of, choose_acceleration
from blueprint.host_settings import Acceleration, LibvirtHostsSettings
from blueprint.images import Image, plan_image
from blueprint.names import data_volume_name
from blueprint.settings import ClusterSettings
from hypervisor.built_image import built_digest
from hypervisor.contents import Contents, read_contents
from hypervisor.qcow2 import virtual_size_mib
from hypervisor.virsh import Virsh
from machines.errors import MachinesError

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Hypervisor:
    """How virtual machines run there, and the image that they are made from."""

    acceleration: Acceleration
    image: Image

    @property
    def emulated(self) -> bool:
        """Return whether every instruction of a machine is translated, some 30 times slower."""
        return self.acceleration is Acceleration.TCG


def find_hypervisor_problems(settings: ClusterSettings) -> Iterator[str]:
    """Check what only the hypervisor and this computer can tell: one line per problem."""
    hosts = settings.hosts
    if not isinstance(hosts, LibvirtHostsSettings):
        return
    try:
        capabilities, contents = _facts(hosts.uri, pulumi.get_stack())
    except MachinesError as problem:
        yield str(problem)
        return
    try:
        choose_acceleration(hosts.accel, capabilities)
    except ValueError as problem:
        yield str(problem)
    try:
        image = plan_image(hosts.image, architecture_of(capabilities), built_digest())
    except ValueError as problem:
        yield str(problem)
    else:
        yield from _image_problems(hosts, image)
    yield from _disk_problems(hosts, contents)


def ask_hypervisor(settings: ClusterSettings) -> Hypervisor | None:
    """Return the answers, for settings without a problem; None for hosts of another kind."""
    hosts = settings.hosts
    if not isinstance(hosts, LibvirtHostsSettings):
        return None
    capabilities, contents = _facts(hosts.uri, pulumi.get_stack())
    found = Hypervisor(
        acceleration=choose_acceleration(hosts.accel, capabilities),
        image=plan_image(hosts.image, architecture_of(capabilities), built_digest()),
    )
    if found.emulated:
        pulumi.log.warn(
            "the virtual machines are emulated (TCG), some 30 times slower than with KVM: "
            "the cluster takes many minutes to come up, and is no measure of RocketMQ"
        )
    for domain, state in contents.domains.items():
        if state == "shut off":
            pulumi.log.warn(
                f"{domain} is defined and off; the update starts it. If it fails with 'already "
                f"exists', a failed run left it: virsh -c {hosts.uri} undefine --nvram {domain}"
            )
    return found


@cache
def _facts(uri: str, stack: str) -> tuple[str, Contents]:
    virsh = Virsh(uri)
    virsh.require()
    return virsh.run("capabilities"), read_contents(virsh, stack)


def _image_problems(hosts: LibvirtHostsSettings, image: Image) -> Iterator[str]:
    file = PROJECT / image.link
    if not file.is_file():
        yield (
            f"cluster.hosts.image: {hosts.image.source!r} is not here yet, {image.link} is "
            f"missing; run make image STACK={pulumi.get_stack()}"
        )
        return
    least = virtual_size_mib(file)
    if hosts.system_disk < least:
        yield (
            f"cluster.hosts.systemDisk: {hosts.system_disk} MiB is less than the image's "
            f"{least} MiB; enlarge it"
        )


def _disk_problems(hosts: LibvirtHostsSettings, contents: Contents) -> Iterator[str]:
    for position, server in enumerate(hosts.servers):
        volume = data_volume_name(pulumi.get_stack(), server.name)
        there = contents.data_disks.get(volume, server.data_disk)
        if there != server.data_disk:
            yield (
                f"cluster.hosts.servers[{position}].dataDisk: {server.data_disk} MiB, and "
                f"{server.name}'s disk has {there} MiB; a disk that holds messages is never "
                f"replaced: set {there}MiB, or give a new server the size that you want"
            )
