"""What the hypervisor can do, and what of the stack it already has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from shlex import quote

from blueprint.hosts.acceleration import architecture_of, choose_acceleration
from blueprint.hosts.images import Image, plan_image
from blueprint.hosts.names import data_volume_name
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import Acceleration, LibvirtHostsSettings
from machines.libvirt.built_image import built_digest
from machines.libvirt.cloud_init_image import require_mkisofs
from machines.libvirt.contents import Contents, read_contents
from machines.libvirt.qcow2 import virtual_size_mib
from machines.libvirt.virsh import Virsh
from project import ROOT
from system.errors import LocalError


@dataclass(frozen=True, kw_only=True, slots=True)
class Hypervisor:
    """How the stack's virtual machines run, and the image that they start from."""

    acceleration: Acceleration
    image: Image
    uri: str
    off: tuple[str, ...]
    """The domains of the stack that are defined but not running."""

    @property
    def emulated(self) -> bool:
        """Return whether machines run without KVM, about 30 times slower."""
        return self.acceleration is Acceleration.TCG

    def warnings(self) -> Iterator[str]:
        """Iterate over warnings for whoever starts an update."""
        if self.emulated:
            yield (
                "the virtual machines are emulated (TCG), about 30 times slower than with KVM: "
                "the cluster takes many minutes to come up, and its speed says nothing about "
                "RocketMQ's performance"
            )
        for domain in self.off:
            yield (
                f"{domain} is defined and off; the update starts it. If it fails with 'already "
                "exists', a failed run left it: "
                f"virsh -c {quote(self.uri)} undefine --nvram {domain}"
            )


def find_hypervisor_problems(settings: ClusterSettings, *, stack: str) -> Iterator[str]:
    """Check acceleration, image and disks against the hypervisor; one line per problem."""
    hosts = settings.hosts
    if not isinstance(hosts, LibvirtHostsSettings):
        return
    try:
        capabilities, contents = _facts(hosts.uri, stack)
    except LocalError as problem:
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
        yield from _image_problems(hosts, image, stack)
    yield from _disk_problems(hosts, contents, stack)


def ask_hypervisor(settings: ClusterSettings, stack: str) -> Hypervisor | None:
    """Return the hypervisor of settings without problems; None for other providers."""
    hosts = settings.hosts
    if not isinstance(hosts, LibvirtHostsSettings):
        return None
    capabilities, contents = _facts(hosts.uri, stack)
    return Hypervisor(
        acceleration=choose_acceleration(hosts.accel, capabilities),
        image=plan_image(hosts.image, architecture_of(capabilities), built_digest()),
        uri=hosts.uri,
        off=tuple(domain for domain, state in contents.domains.items() if state == "shut off"),
    )


@cache
def _facts(uri: str, stack: str) -> tuple[str, Contents]:
    virsh = Virsh(uri)
    virsh.require()
    require_mkisofs()
    return virsh.run("capabilities"), read_contents(virsh, stack)


def _image_problems(hosts: LibvirtHostsSettings, image: Image, stack: str) -> Iterator[str]:
    file = ROOT / image.link
    if not file.is_file():
        yield (
            f"cluster.hosts.image: {hosts.image.source!r} has not been fetched, {image.link} is "
            f"missing; run make image STACK={stack}"
        )
        return
    least = virtual_size_mib(file)
    if hosts.system_disk < least:
        yield (
            f"cluster.hosts.systemDisk: {hosts.system_disk} MiB is less than the image's "
            f"{least} MiB; enlarge it"
        )


def _disk_problems(hosts: LibvirtHostsSettings, contents: Contents, stack: str) -> Iterator[str]:
    for position, server in enumerate(hosts.servers):
        volume = data_volume_name(stack, server.name)
        there = contents.data_disks.get(volume, server.data_disk)
        if there != server.data_disk:
            yield (
                f"cluster.hosts.servers[{position}].dataDisk: {server.data_disk} MiB, and "
                f"{server.name}'s disk has {there} MiB; a disk that holds messages is never "
                f"replaced; set {there}MiB, or add a new server with the size that you want"
            )
