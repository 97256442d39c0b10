"""Virtual machines run by libvirt, with their pool, network and image."""

import shlex
from typing import ClassVar

import pulumi
import pulumi_libvirt as libvirt
from pulumi_command import local

from blueprint.hosts.ssh_keys import fingerprint
from blueprint.hosts.virtual_machines import VirtualHostsSpec, plan_virtual_hosts
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.settings.hosts import LibvirtHostsSettings
from components.hosts.over_ssh import Hosts
from components.hosts.virtual_machine import VirtualMachine, VirtualMachineArgs
from components.secrets import SshKeyPair
from preflight.hypervisor import Hypervisor


class LibvirtHosts(Hosts):
    """One virtual machine per host of the plan, at addresses known before they boot."""

    TYPE: ClassVar[str] = "rocketmq:libvirt_hosts:LibvirtHosts"

    def __init__(
        self,
        name: str,
        settings: LibvirtHostsSettings,
        cluster: ClusterSpec,
        hypervisor: Hypervisor,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        spec = plan_virtual_hosts(settings, pulumi.get_stack(), hypervisor.image)
        login = SshKeyPair(f"{name}-login-key", opts=child)
        self.private_key, self.public_key = login.private_key, login.public_key
        claim = self._claim(name, login)
        # An explicit provider, so that stacks without virtual machines do not need the plugin.
        provider = libvirt.Provider(f"{name}-libvirt", uri=spec.uri, opts=child)
        managed = pulumi.ResourceOptions(
            parent=self, provider=provider, depends_on=[claim], delete_before_replace=True
        )
        pool = libvirt.Pool(
            f"{name}-pool",
            name=spec.pool,
            type="dir",
            target=libvirt.PoolTargetArgs(path=spec.pool_path),
            opts=managed,
        )
        network = self._network(name, spec, managed)
        image = libvirt.Volume(
            f"{name}-image",
            name=spec.image_volume,
            pool=pool.name,
            source=spec.image.link,
            opts=managed,
        )
        data = self._data_disks(name, spec, pool)
        args = {machine.server: machine for machine in spec.machines}
        self.hosts = tuple(
            VirtualMachine(
                f"{host.name}-machine",
                VirtualMachineArgs(
                    host=host,
                    machine=args[host.name],
                    hosts=spec,
                    acceleration=hypervisor.acceleration,
                    login=login,
                    provider=provider,
                    network=network,
                    image=image,
                    pool=pool,
                    data_disks=data,
                ),
                opts=child,
            ).access
            for host in cluster.hosts
        )
        self.register({host.name: f"{host.name}-domain" for host in cluster.hosts})

    def _claim(self, name: str, login: SshKeyPair) -> local.Command:
        """Fail if another clone on this computer has a stack of the same name."""
        owner = {"token": login.public_key.apply(fingerprint)}
        return local.Command(
            f"{name}-claim",
            create="python3 -m machines.libvirt claim",
            delete="python3 -m machines.libvirt release",
            stdin=pulumi.Output.json_dumps({"stack": pulumi.get_stack(), "owner": owner}),
            logging=local.Logging.STDERR,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    @staticmethod
    def _network(
        name: str, spec: VirtualHostsSpec, managed: pulumi.ResourceOptions
    ) -> libvirt.Network:
        return libvirt.Network(
            f"{name}-network",
            name=spec.network,
            mode="nat",
            bridge=spec.bridge,
            addresses=[spec.cidr],
            dhcp=libvirt.NetworkDhcpArgs(enabled=True),
            autostart=True,
            opts=managed,
        )

    def _data_disks(self, name: str, spec: VirtualHostsSpec, pool: libvirt.Pool) -> local.Command:
        """Purge the data disks when the stack is destroyed, never in an update."""
        words = shlex.join(("--uri", spec.uri, "--stack", pulumi.get_stack()))
        return local.Command(
            f"{name}-data-disks",
            create=f"python3 -m machines.libvirt keep-data {words}",
            delete=f"python3 -m machines.libvirt purge-data {words}",
            logging=local.Logging.STDERR,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[pool]),
        )
