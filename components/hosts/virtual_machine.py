"""One virtual machine: disks, cloud-init, the domain, and the first contact."""

import shlex
from dataclasses import dataclass, replace
from typing import ClassVar

import pulumi
import pulumi_libvirt as libvirt
from pulumi_command import local, remote

from blueprint.hosts.virtual_machines import (
    USER,
    VirtualHostsSpec,
    VirtualMachineSpec,
    render_meta_data,
    render_network_config,
    render_user_data,
)
from blueprint.plan.hosts import HostSpec
from blueprint.rendering.scripts import render_first_contact
from blueprint.settings.hosts import Acceleration
from components.hosts.cloud_init_disk import make_cloud_init_disk
from components.hosts.over_ssh import HostAccess, login_with, make_first_contact
from components.secrets import SshKeyPair

MIB = 1 << 20
BOOT_TIMEOUT = "40m"
"""Until an emulated machine on a busy computer has its DHCP lease."""


@dataclass(frozen=True, kw_only=True)
class VirtualMachineArgs:
    """The machine, and the resources that all machines of the stack share."""

    host: HostSpec
    machine: VirtualMachineSpec
    hosts: VirtualHostsSpec
    acceleration: Acceleration
    login: SshKeyPair
    provider: libvirt.Provider
    network: libvirt.Network
    image: libvirt.Volume
    pool: libvirt.Pool
    data_disks: pulumi.Resource
    """Purges the data disks of a destroyed stack once no domain uses them."""


class VirtualMachine(pulumi.ComponentResource):
    """A domain with a system disk over the image and a data disk that outlives it.

    Its identity is stored on the system disk: a domain that is replaced around the same disk, as
    for more memory, keeps what is installed; a machine with a new disk is set up again.
    """

    TYPE: ClassVar[str] = "rocketmq:virtual_machine:VirtualMachine"
    access: HostAccess

    def __init__(
        self, name: str, args: VirtualMachineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        self._args = args
        self._server = args.host.name
        child = pulumi.ResourceOptions(parent=self)
        self._host_key = SshKeyPair(f"{self._server}-host-key", opts=child)
        domain = self._domain(self._system_disk(), self._data_disk(), self._cloud_init())
        power = self._power(domain)
        self.access = self._reached(domain, power)
        self.register_outputs({"address": args.host.address})

    def _options(self, *, retain_on_delete: bool = False) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            provider=self._args.provider,
            depends_on=[self._args.pool, self._args.data_disks],
            delete_before_replace=True,
            retain_on_delete=retain_on_delete,
        )

    def _system_disk(self) -> libvirt.Volume:
        return libvirt.Volume(
            f"{self._server}-system-disk",
            name=self._args.machine.system_volume,
            pool=self._args.hosts.pool,
            base_volume_id=self._args.image.id,
            size=self._args.machine.system_mib * MIB,
            opts=self._options(),
        )

    def _data_disk(self) -> libvirt.Volume:
        # No update deletes this disk; destroying the stack purges it.
        return libvirt.Volume(
            f"{self._server}-data-disk",
            name=self._args.machine.data_volume,
            pool=self._args.hosts.pool,
            size=self._args.machine.data_mib * MIB,
            opts=self._options(retain_on_delete=True),
        )

    def _cloud_init(self) -> pulumi.Output[str]:
        machine, login, host_key = self._args.machine, self._args.login, self._host_key
        keys = pulumi.Output.all(login.public_key, host_key.public_key).apply("".join)
        return make_cloud_init_disk(
            f"{self._server}-cloud-init",
            machine.domain,
            self._args.hosts.pool,
            pulumi.Output.all(
                login.public_key, host_key.private_key, host_key.public_key, keys
            ).apply(
                lambda texts: {
                    "user-data": render_user_data(*texts[:3]),
                    "meta-data": render_meta_data(machine, texts[3]),
                    "network-config": render_network_config(machine),
                }
            ),
            self._options(),
        )

    def _domain(
        self, system: libvirt.Volume, data: libvirt.Volume, cloud_init: pulumi.Output[str]
    ) -> libvirt.Domain:
        machine, kvm = self._args.machine, self._args.acceleration is Acceleration.KVM
        options = self._options()
        options.custom_timeouts = pulumi.CustomTimeouts(create=BOOT_TIMEOUT, update=BOOT_TIMEOUT)
        return libvirt.Domain(
            f"{self._server}-domain",
            name=machine.domain,
            description=machine.description,
            type="kvm" if kvm else "qemu",
            cpu=libvirt.DomainCpuArgs(mode="host-passthrough") if kvm else None,
            vcpu=machine.cpus,
            memory=machine.memory_mib,
            autostart=True,
            running=True,
            cloudinit=cloud_init,
            # In the order of their devices: system, then data.
            disks=[
                libvirt.DomainDiskArgs(volume_id=system.id),
                libvirt.DomainDiskArgs(volume_id=data.id),
            ],
            network_interfaces=[
                libvirt.DomainNetworkInterfaceArgs(
                    network_id=self._args.network.id,
                    hostname=machine.server,
                    mac=machine.mac,
                    addresses=[machine.address],
                    wait_for_lease=True,
                )
            ],
            consoles=[
                libvirt.DomainConsoleArgs(type="pty", target_type="serial", target_port="0")
            ],
            opts=options,
        )

    def _power(self, domain: libvirt.Domain) -> local.Command:
        """Power the machine on; shut it down cleanly before the domain is replaced."""
        machine = self._args.machine
        words = ("--uri", self._args.hosts.uri, "--domain", machine.domain)
        emulated = ("--emulated",) if self._args.acceleration is Acceleration.TCG else ()
        off = ("--address", machine.address, *emulated)
        return local.Command(
            f"{self._server}-power",
            create=shlex.join(("python3", "-m", "machines.libvirt", "on", *words)),
            delete=shlex.join(("python3", "-m", "machines.libvirt", "off", *words, *off)),
            triggers=[domain.id],
            logging=local.Logging.STDERR,
            add_previous_output_in_env=False,
            # A destroyed stack loses its disks anyway: no clean shutdown when the pool goes too.
            opts=pulumi.ResourceOptions(
                parent=self, deleted_with=self._args.pool, delete_before_replace=True
            ),
        )

    def _reached(self, domain: libvirt.Domain, power: local.Command) -> HostAccess:
        """Return how the machine is reached.

        Its resources are deleted with this component, not with the domain: a refresh removes a
        missing domain from the state, and their deletes would then have no host to run on.
        """
        host, login = self._args.host, self._args.login
        booting = HostAccess(
            spec=host,
            user=USER,
            login=login_with(self._host_key.public_key, host, USER),
            connection=self._connection(login, dial_error_limit=-1),
            identity="",
            boot_id=domain.id,
            machine=self,
            after=(power,),
        )
        first = make_first_contact(
            f"{self._server}-first-contact",
            booting,
            domain.id.apply(lambda uuid: render_first_contact(host, uuid)),
            self,
        )
        return replace(
            booting,
            connection=self._connection(login, dial_error_limit=30),
            identity=first.stdout,
            after=(first,),
        )

    def _connection(self, login: SshKeyPair, dial_error_limit: int) -> remote.ConnectionArgs:
        return remote.ConnectionArgs(
            host=self._args.machine.address,
            user=USER,
            private_key=login.private_key,
            host_key=self._host_key.public_key,
            dial_error_limit=dial_error_limit,
        )
