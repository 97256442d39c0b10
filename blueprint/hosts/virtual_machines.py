"""What the virtual machines of a stack are called, and what each is made of."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from blueprint.hosts.images import Image
from blueprint.hosts.names import (
    data_volume_name,
    device_name,
    short_digest,
    stack_description,
    stack_name,
)
from blueprint.settings.hosts import LibvirtHostsSettings, VirtualServerSettings

USER = "admin"
POOLS = "/var/lib/libvirt/images"
"""The only place that libvirt's own confinement lets virtual machines read disks from."""

DATA_DEVICE = "/dev/vdb"
"""The second disk, in the order in which they are attached."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualMachineSpec:
    """One virtual machine.

    A volume that replaces another has another name: libvirt would silently adopt the old one.
    """

    server: str
    domain: str
    description: str
    mac: str
    address: str
    memory_mib: int
    cpus: int
    system_volume: str
    system_mib: int
    data_volume: str
    data_mib: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualHostsSpec:
    """All that a stack has on a hypervisor."""

    uri: str
    pool: str
    pool_path: str
    network: str
    bridge: str
    cidr: str
    image: Image
    image_volume: str
    machines: tuple[VirtualMachineSpec, ...]


def plan_virtual_hosts(
    settings: LibvirtHostsSettings, stack: str, image: Image
) -> VirtualHostsSpec:
    """Decide every name and size."""
    name = stack_name(stack)
    return VirtualHostsSpec(
        uri=settings.uri,
        pool=name,
        pool_path=f"{POOLS}/{name}",
        network=name,
        bridge=device_name(stack),
        cidr=str(settings.network),
        image=image,
        image_volume=f"{name}-image-{image.digest}.qcow2",
        machines=tuple(_machine(settings, server, stack, image) for server in settings.servers),
    )


def _machine(
    settings: LibvirtHostsSettings, server: VirtualServerSettings, stack: str, image: Image
) -> VirtualMachineSpec:
    domain = f"{stack_name(stack)}-{server.name}"
    system = short_digest(image.digest, str(settings.system_disk))
    return VirtualMachineSpec(
        server=server.name,
        domain=domain,
        description=stack_description(stack),
        mac=_mac(stack, server.name),
        address=str(server.address),
        memory_mib=server.memory,
        cpus=server.cpus,
        system_volume=f"{domain}-system-{system}.qcow2",
        system_mib=settings.system_disk,
        data_volume=data_volume_name(stack, server.name),
        data_mib=server.data_disk,
    )


def _mac(stack: str, server: str) -> str:
    """Return an address of the range that QEMU's makers own, upper case as libvirt's provider."""
    digest = hashlib.sha256(f"{stack}\0{server}".encode()).hexdigest().upper()
    return f"52:54:00:{digest[:2]}:{digest[2:4]}:{digest[4:6]}"


def render_user_data(public_key: str, host_private: str, host_public: str) -> str:
    """Return cloud-init's user data: who may log in, and the host key that is pinned."""
    data = {
        "users": [
            {
                "name": USER,
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "shell": "/bin/bash",
                "lock_passwd": True,
                "ssh_authorized_keys": [public_key],
            }
        ],
        "ssh_deletekeys": True,
        "ssh_genkeytypes": ["ed25519"],
        "ssh_keys": {"ed25519_private": host_private, "ed25519_public": host_public},
        "ssh_quiet_keygen": True,
    }
    return f"#cloud-config\n{_as_yaml(data)}"


def render_meta_data(machine: VirtualMachineSpec, keys: str) -> str:
    """Return cloud-init's meta data; another instance id makes it apply other user data."""
    data = {
        "instance-id": f"{machine.domain}-{short_digest(keys)}",
        "local-hostname": machine.server,
    }
    return _as_yaml(data)


def render_network_config(machine: VirtualMachineSpec) -> str:
    """Return cloud-init's network configuration: the address comes from libvirt's DHCP."""
    card = {"match": {"macaddress": machine.mac.lower()}, "dhcp4": True}
    return _as_yaml({"version": 2, "ethernets": {"card": card}})


def _as_yaml(data: Mapping[str, object]) -> str:
    """Return a text that YAML's readers take: JSON, which needs no rules of quoting."""
    return json.dumps(data, indent=2, sort_keys=True) + "\n"
