"""systemd-nspawn machines on a bridge of this computer."""

from typing import Any, ClassVar

import pulumi
from pulumi_command import local, remote

from blueprint.hosts.names import device_name
from blueprint.hosts.ssh_keys import fingerprint
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.settings.hosts import NspawnHostsSettings
from components.hosts.over_ssh import HostAccess, Hosts, login_with
from components.secrets import SshKeyPair
from machines.nspawn.identity import planned_identity

USER = "root"


class NspawnHosts(Hosts):
    """One machine per host of the plan, with pinned host keys, on the stack's own bridge."""

    TYPE: ClassVar[str] = "rocketmq:nspawn_hosts:NspawnHosts"

    def __init__(
        self,
        name: str,
        settings: NspawnHostsSettings,
        cluster: ClusterSpec,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        children = pulumi.ResourceOptions(parent=self)
        login = SshKeyPair(f"{name}-login-key", opts=children)
        self.private_key, self.public_key = login.private_key, login.public_key
        # The public key distinguishes this state from that of another stack of the same name.
        token = login.public_key.apply(fingerprint)
        self._common = {
            "stack": pulumi.get_stack(),
            "owner": {"token": token},
            "bridge": device_name(pulumi.get_stack()),
            "gateway": str(settings.network[1]),
            "prefix_length": settings.network.prefixlen,
        }
        network = self._command(f"{name}-network", "network", self._common, [])
        self.hosts = tuple(self._machine(host, login, cluster, network) for host in cluster.hosts)
        self.register({host.name: f"{host.name}-machine" for host in cluster.hosts})

    def _machine(
        self,
        host: HostSpec,
        login: SshKeyPair,
        cluster: ClusterSpec,
        network: local.Command,
    ) -> HostAccess:
        host_key = SshKeyPair(f"{host.name}-host-key", opts=pulumi.ResourceOptions(parent=self))
        identity = planned_identity(pulumi.get_stack(), host.name)
        spec = self._common | {
            "name": host.name,
            "address": host.address,
            "incarnation": identity.incarnation,
            # A reboot of the computer increments this, so the machine is started again.
            "boots": identity.boots,
            "authorized_key": login.public_key,
            "host_key_private": host_key.private_key,
            "host_key_public": host_key.public_key,
            "hosts": {other.name: other.address for other in cluster.hosts},
        }
        machine = self._command(f"{host.name}-machine", "machine", spec, [network])
        return HostAccess(
            spec=host,
            user=USER,
            connection=remote.ConnectionArgs(
                host=host.address,
                user=USER,
                private_key=login.private_key,
                host_key=host_key.public_key,
                dial_error_limit=30,
            ),
            login=login_with(host_key.public_key, host, USER),
            identity=identity.incarnation,
            boot_id=f"{identity.incarnation}:{identity.boots}",
            machine=machine,
            after=(machine,),
        )

    def _command(
        self, name: str, verb: str, spec: dict[str, Any], depends_on: list[local.Command]
    ) -> local.Command:
        undo = {"network": "remove-network", "machine": "remove"}[verb]
        return local.Command(
            name,
            create=f"python3 -m machines {verb}",
            delete=f"python3 -m machines {undo}",
            stdin=pulumi.Output.json_dumps(spec),
            logging=local.Logging.STDERR,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )
