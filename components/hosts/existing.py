"""Servers that run already: no resources, only connections to them."""

from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.hosts.identity import identity_of
from blueprint.hosts.logins import Bastion, Login, plan_logins
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.settings.hosts import ExistingHostsSettings
from components.hosts.over_ssh import HostAccess, Hosts
from preflight.login_key import read_login_key


class ExistingHosts(Hosts):
    """Connections with pinned host keys, by key file or agent, with or without a bastion."""

    TYPE: ClassVar[str] = "rocketmq:existing_hosts:ExistingHosts"

    def __init__(
        self,
        name: str,
        settings: ExistingHostsSettings,
        cluster: ClusterSpec,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        key = read_login_key(settings)
        # Without a key, the provider uses the agent of the user who runs it.
        self.private_key = None if key is None else pulumi.Output.secret(key)
        self.public_key = None
        self.hosts = tuple(
            _access(host, login, identity_of(server), self.private_key)
            for host, login, server in zip(
                cluster.hosts, plan_logins(settings), settings.servers, strict=True
            )
        )
        self.register({})


def _access(
    host: HostSpec, login: Login, identity: str, private_key: pulumi.Output[str] | None
) -> HostAccess:
    return HostAccess(
        spec=host,
        user=login.user,
        login=login,
        connection=remote.ConnectionArgs(
            host=login.address,
            port=login.port,
            user=login.user,
            private_key=private_key,
            host_key=login.host_key,
            proxy=_proxy(login.bastion, private_key),
        ),
        identity=identity,
        boot_id=identity,
        machine=None,
    )


def _proxy(
    bastion: Bastion | None, private_key: pulumi.Output[str] | None
) -> remote.ProxyConnectionArgs | None:
    if bastion is None:
        return None
    return remote.ProxyConnectionArgs(
        host=bastion.address,
        port=bastion.port,
        user=bastion.user,
        private_key=private_key,
        host_key=bastion.host_key,
    )
