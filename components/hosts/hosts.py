"""Hosts of any provider; the rest of the program only sees `Hosts`."""

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import ExistingHostsSettings, LibvirtHostsSettings
from components.hosts.existing import ExistingHosts
from components.hosts.nspawn import NspawnHosts
from components.hosts.over_ssh import Hosts
from preflight.hypervisor import Hypervisor
from project import ROOT
from toolchain.sdks.folders import use_sdk


def make_hosts(
    settings: ClusterSettings, cluster: ClusterSpec, hypervisor: Hypervisor | None = None
) -> Hosts:
    """Create the hosts by the provider that the settings choose."""
    chosen = settings.hosts
    if isinstance(chosen, LibvirtHostsSettings):
        if hypervisor is None:
            message = "virtual machines need the answer of ask_hypervisor"
            raise TypeError(message)
        use_sdk(ROOT, chosen.provider)
        from components.hosts.libvirt import LibvirtHosts  # noqa: PLC0415 (needs that SDK)

        return LibvirtHosts("hosts", chosen, cluster, hypervisor)
    if isinstance(chosen, ExistingHostsSettings):
        return ExistingHosts("hosts", chosen, cluster)
    return NspawnHosts("hosts", chosen, cluster)
