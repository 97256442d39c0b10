"""Hosts, whoever provides them: the rest of the program sees nothing but `HostAccess`."""

from typing import Protocol

import pulumi

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import ExistingHostsSettings, LibvirtHostsSettings
from components.hosts.existing import ExistingHosts
from components.hosts.libvirt import LibvirtHosts
from components.hosts.nspawn import NspawnHosts
from components.hosts.over_ssh import HostAccess
from preflight.hypervisor import Hypervisor


class Hosts(Protocol):
    """What every provider yields."""

    hosts: tuple[HostAccess, ...]
    """In the plan's order."""
    private_key: pulumi.Output[str] | None
    """What `make verify` and `make ssh` log in with; None for the keys of the user's own agent."""
    public_key: pulumi.Output[str] | None
    """Of a key that the stack made for itself."""


def make_hosts(
    settings: ClusterSettings, cluster: ClusterSpec, hypervisor: Hypervisor | None = None
) -> Hosts:
    """Return the hosts of the provider that the settings choose."""
    said = settings.hosts
    if isinstance(said, LibvirtHostsSettings):
        if hypervisor is None:
            message = "virtual machines need what ask_hypervisor returns"
            raise TypeError(message)
        return LibvirtHosts("hosts", said, cluster, hypervisor)
    if isinstance(said, ExistingHostsSettings):
        return ExistingHosts("hosts", said, cluster)
    return NspawnHosts("hosts", said, cluster)
