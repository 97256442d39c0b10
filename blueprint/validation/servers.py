"""Servers whose addresses or names collide, or that cannot be reached."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Network

from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import (
    ExistingHostsSettings,
    LibvirtHostsSettings,
    NspawnHostsSettings,
)

ADDRESSES_IN_USE = 3
"""The network's own address, the gateway's, the broadcast address."""

THIS_NETWORK = IPv4Network("0.0.0.0/8")


def find_server_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    """Iterate over servers that collide or cannot be reached, one line each."""
    if "hosts" in unusable:
        return
    servers = settings.hosts.servers
    if isinstance(settings.hosts, ExistingHostsSettings):
        yield from _address_problems(settings.hosts)
    else:
        yield from _network_problems(settings.hosts)
    first_at: dict[object, str] = {}
    for position, server in enumerate(servers):
        key = f"cluster.hosts.servers[{position}]"
        for field, value in (("address", server.address), ("name", server.name)):
            if value in first_at:
                yield (
                    f"{key}.{field}: {value} is already that of {first_at[value]}; "
                    "every server has its own"
                )
            first_at.setdefault(value, key)
    if settings.name_server_count > len(servers):
        yield (
            f"cluster.nameServers: {settings.name_servers} name servers need as many servers, "
            f"and there are {len(servers)}; lower it, or add servers"
        )


def _network_problems(hosts: NspawnHostsSettings | LibvirtHostsSettings) -> Iterator[str]:
    """Check the addresses of hosts whose network is created by the stack."""
    network = hosts.network
    if network.num_addresses < len(hosts.servers) + ADDRESSES_IN_USE:
        yield (
            f"cluster.hosts.network: {network} is too small for {len(hosts.servers)} servers; "
            f"write a larger one, such as {network.network_address}/24"
        )
        return
    reserved = {network[0]: "the network's own", network[1]: "the gateway's"}
    reserved[network[-1]] = "the broadcast address"
    for position, server in enumerate(hosts.servers):
        key = f"cluster.hosts.servers[{position}]"
        if server.address not in network:
            yield (
                f"{key}.address: {server.address} is outside cluster.hosts.network {network}; "
                "use one inside it"
            )
        elif server.address in reserved:
            yield f"{key}.address: {server.address} is {reserved[server.address]}; use another"


def _address_problems(hosts: ExistingHostsSettings) -> Iterator[str]:
    """Check the addresses that brokers advertise to clients and to each other."""
    for position, server in enumerate(hosts.servers):
        address = server.address
        belongs_to_none = address.is_multicast or address.is_reserved
        if address.is_loopback or address in THIS_NETWORK or belongs_to_none:
            yield (
                f"cluster.hosts.servers[{position}].address: {address} is not reachable by "
                "clients or other servers; use the address by which they reach this server"
            )
