"""Problems that only show when settings are compared with each other."""

from collections.abc import Iterator, Mapping

from blueprint.budget_checks import find_memory_problems, find_port_problems
from blueprint.changes import find_change_problems
from blueprint.fields import property_text
from blueprint.history import NOTHING_YET, History
from blueprint.host_settings import (
    ExistingHostsSettings,
    LibvirtHostsSettings,
    NspawnHostsSettings,
)
from blueprint.placement_checks import find_name_problems, find_placement_problems
from blueprint.properties import find_property_problems
from blueprint.settings import ClusterSettings, UrlArtifact
from blueprint.topology import plan_cluster
from blueprint.versions import maven_sha512, official_archive, require_safe

KNOWN_MAJOR = 5

ADDRESSES_IN_USE = 3
"""The network's own address, the gateway's, the broadcast address."""


def find_problems(settings: ClusterSettings, history: History = NOTHING_YET) -> tuple[str, ...]:
    """Return one line per problem: the key, its value, and what is allowed.

    Args:
        settings: what a person wrote.
        history: what the stack has made already.

    """
    problems = [
        *_version_problems(settings),
        *_server_problems(settings),
        *find_placement_problems(settings),
        *_property_problems(settings),
    ]
    if not problems:
        problems = [*find_change_problems(settings, history)]
    if not problems:
        cluster = plan_cluster(settings, history)
        problems = [
            *find_name_problems(cluster),
            *find_port_problems(cluster),
            *find_memory_problems(cluster),
        ]
    return tuple(problems)


def find_field_problems(version: object, properties: object) -> Iterator[str]:
    """Check the two fields that need no other, of settings that are no whole."""
    if isinstance(version, str):
        yield from _unusable_version(version)
    if isinstance(properties, Mapping):
        texts = {str(name): property_text(value) for name, value in properties.items()}
        yield from find_property_problems(
            "cluster.brokerProperties",
            {name: value for name, value in texts.items() if isinstance(value, str)},
        )


def _property_problems(settings: ClusterSettings) -> Iterator[str]:
    yield from find_property_problems("cluster.brokerProperties", settings.broker_properties)
    for position, group in enumerate(settings.broker_groups):
        key = f"cluster.brokerGroups[{position}].properties"
        yield from find_property_problems(key, group.properties)
    for name, broker in settings.brokers.items():
        yield from find_property_problems(f"cluster.brokers.{name}.properties", broker.properties)


def _unusable_version(text: str) -> Iterator[str]:
    try:
        version = require_safe(text)
    except ValueError as problem:
        yield str(problem)
        return
    if version.major != KNOWN_MAJOR:
        yield (
            f"cluster.version: {text} is not a version {KNOWN_MAJOR}.x, whose "
            "replication this program sets up and checks"
        )


def _version_problems(settings: ClusterSettings) -> Iterator[str]:
    unusable = tuple(_unusable_version(settings.version))
    if unusable:
        yield from unusable
        return
    try:
        if settings.artifact.source == "official":
            official_archive(settings.version)
        elif settings.artifact.source == "maven":
            maven_sha512(settings.version)
        elif isinstance(settings.artifact, UrlArtifact):
            yield from _url_problems(settings, settings.artifact.url)
    except ValueError as problem:
        yield str(problem)


def _url_problems(settings: ClusterSettings, url: str) -> Iterator[str]:
    if settings.hosts.provider == "nspawn" and not url.startswith("file://"):
        yield (
            f"cluster.artifact.url: {url!r} cannot be reached from machines of this computer, "
            "which have no way out; use maven or {source: file, path: …, sha512: …}"
        )


def _server_problems(settings: ClusterSettings) -> Iterator[str]:
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
            first_at.setdefault(value, f"cluster.hosts.servers[{position}]")
    if settings.name_server_count > len(servers):
        yield (
            f"cluster.nameServers: {settings.name_servers} name servers need as many servers, "
            f"and there are {len(servers)}; lower it or add servers"
        )


def _network_problems(hosts: NspawnHostsSettings | LibvirtHostsSettings) -> Iterator[str]:
    """Check the addresses of hosts whose network we make."""
    network = hosts.network
    if network.num_addresses < len(hosts.servers) + ADDRESSES_IN_USE:
        yield f"cluster.hosts.network: {network} is too small for {len(hosts.servers)} servers"
        return
    reserved = {network[0]: "the network's own", network[1]: "the gateway's"}
    reserved[network[-1]] = "the broadcast address"
    for position, server in enumerate(hosts.servers):
        key = f"cluster.hosts.servers[{position}]"
        if server.address not in network:
            yield f"{key}.address: {server.address} is outside cluster.hosts.network {network}"
        elif server.address in reserved:
            yield f"{key}.address: {server.address} is {reserved[server.address]}; use another"


def _address_problems(hosts: ExistingHostsSettings) -> Iterator[str]:
    """Check what brokers advertise: clients and the other servers must get there by it."""
    for position, server in enumerate(hosts.servers):
        address = server.address
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            yield (
                f"cluster.hosts.servers[{position}].address: {address} is nobody's for clients "
                "and the other servers; use the one by which they reach this server"
            )
