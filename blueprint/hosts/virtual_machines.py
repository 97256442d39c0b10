"""The virtual machines of a stack: names, sizes and cloud-init files."""

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
"""The only folder from which libvirt's confinement lets virtual machines read disks."""

DATA_DEVICE = "/dev/vdb"
"""The second of the attached disks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualMachineSpec:
    """One virtual machine.

    A volume that replaces another one has a different name: libvirt would silently adopt the old
    volume.
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
    """Everything that a stack has on a hypervisor."""

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
    """Return an address in QEMU's range, in upper case as libvirt's provider returns it."""
    digest = short_digest(stack, server).upper()
    return f"52:54:00:{digest[:2]}:{digest[2:4]}:{digest[4:6]}"


def render_user_data(public_key: str, host_private: str, host_public: str) -> str:
    """Return cloud-init's user data: the user with its public key, and the pinned host key."""
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
    """Return cloud-init's meta data; a new instance id makes it apply changed user data."""
    data = {
        "instance-id": f"{machine.domain}-{short_digest(keys)}",
        "local-hostname": machine.server,
    }
    return _as_yaml(data)


def render_network_config(machine: VirtualMachineSpec) -> str:
    """Return cloud-init's network configuration: DHCP, which libvirt answers."""
    card = {"match": {"macaddress": machine.mac.lower()}, "dhcp4": True}
    return _as_yaml({"version": 2, "ethernets": {"card": card}})


def _as_yaml(data: Mapping[str, object]) -> str:
    """Return the data as JSON, which is valid YAML and needs no quoting rules."""
    return json.dumps(data, indent=2, sort_keys=True) + "\n"
