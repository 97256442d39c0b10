"""Virtual machines that libvirt runs."""

from typing import ClassVar

import pulumi

from blueprint.host_settings import LibvirtHostsSettings
from blueprint.topology import ClusterSpec
from components.over_ssh import HostAccess


class LibvirtHosts(pulumi.ComponentResource):
    """placeholder."""

    TYPE: ClassVar[str] = "rocketmq:libvirt_hosts:LibvirtHosts"
    hosts: tuple[HostAccess, ...]
    private_key: pulumi.Output[str] | None
    public_key: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        settings: LibvirtHostsSettings,
        cluster: ClusterSpec,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        raise NotImplementedError(name, settings, cluster, opts)
