"""Servers that run already: nothing is made, only said how they are reached."""

from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.hosts.identity import identity_of
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.settings.hosts import ExistingHostsSettings, ExistingServerSettings
from components.hosts.over_ssh import Bastion, HostAccess
from preflight.login_key import read_login_key


class ExistingHosts(pulumi.ComponentResource):
    """Connections with pinned host keys, by the user's key or agent, through a bastion or not."""

    TYPE: ClassVar[str] = "rocketmq:existing_hosts:ExistingHosts"
    hosts: tuple[HostAccess, ...]
    private_key: pulumi.Output[str] | None
    public_key: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        settings: ExistingHostsSettings,
        cluster: ClusterSpec,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        key = read_login_key(settings)
        # Without a key the provider asks the agent of the user who runs it.
        self.private_key = None if key is None else pulumi.Output.secret(key)
        self.public_key = None
        self._user = settings.user
        self._bastion = _bastion(settings)
        self.hosts = tuple(
            self._access(host, server)
            for host, server in zip(cluster.hosts, settings.servers, strict=True)
        )
        self.register_outputs({"addresses": [host.address for host in cluster.hosts]})

    def _access(self, host: HostSpec, server: ExistingServerSettings) -> HostAccess:
        user = server.ssh.user or self._user
        address = server.ssh.address or host.address
        identity = identity_of(server)
        return HostAccess(
            spec=host,
            user=user,
            connection=remote.ConnectionArgs(
                host=address,
                port=server.ssh.port,
                user=user,
                private_key=self.private_key,
                host_key=server.host_key,
                proxy=self._proxy(),
            ),
            host_key=server.host_key,
            identity=identity,
            life=identity,
            machine=None,
            ssh_address=address,
            ssh_port=server.ssh.port,
            bastion=self._bastion,
        )

    def _proxy(self) -> remote.ProxyConnectionArgs | None:
        if self._bastion is None:
            return None
        return remote.ProxyConnectionArgs(
            host=self._bastion.address,
            port=self._bastion.port,
            user=self._bastion.user,
            private_key=self.private_key,
            host_key=self._bastion.host_key,
        )


def _bastion(settings: ExistingHostsSettings) -> Bastion | None:
    said = settings.bastion
    if said is None:
        return None
    return Bastion(
        address=said.address,
        port=said.port,
        user=said.user or settings.user,
        host_key=said.host_key,
    )
