"""Problems that only show when settings are compared with each other."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Address, IPv4Network

from blueprint.artifact_settings import ArtifactSettings, UrlArtifact
from blueprint.budget_checks import (
    find_least_problems,
    find_memory_problems,
    find_port_problems,
)
from blueprint.changes import find_change_problems
from blueprint.console_settings import DashboardConsole
from blueprint.history import NOTHING_YET, History
from blueprint.host_settings import (
    ExistingHostsSettings,
    LibvirtHostsSettings,
    NspawnHostsSettings,
)
from blueprint.placement_checks import find_name_problems, find_placement_problems
from blueprint.properties import find_property_problems
from blueprint.settings import ClusterSettings
from blueprint.specs import ClusterSpec
from blueprint.topology import plan_cluster
from blueprint.versions import maven_sha512, official_archive, require_safe

KNOWN_MAJOR = 5

PLACING = frozenset(
    {
        "allowSharedHost",
        "brokerGroups",
        "controllers",
        "hosts",
        "nameServers",
        "ports",
        "proxy",
        "replicas",
        "scheme",
    }
)
"""The keys without which there is no plan worth a look."""

SIZING = frozenset({"brokers", "heap"})
"""The keys by which the memory of its processes is known."""

ADDRESSES_IN_USE = 3
"""The network's own address, the gateway's, the broadcast address."""

THIS_NETWORK = IPv4Network("0.0.0.0/8")
LOWEST_OF_GROUPS = IPv4Address("224.0.0.0")
"""From here on an address is nobody's own: groups, reserved ones, the broadcast address."""


def find_problems(
    settings: ClusterSettings,
    history: History = NOTHING_YET,
    unusable: AbstractSet[str] = frozenset(),
) -> tuple[str, ...]:
    """Return one line per problem: the key, its value, and what is allowed.

    Args:
        settings: what a person wrote.
        history: what the stack has made already.
        unusable: keys whose value here is not what was written; nothing is said by them.

    """
    problems = [*_version_problems(settings, unusable), *_property_problems(settings)]
    problems += find_least_problems(settings)
    problems += _jar_problems(settings, unusable)
    placement = [*_server_problems(settings, unusable)]
    placement += find_placement_problems(settings, unusable)
    if not placement and unusable.isdisjoint(PLACING):
        placement = [*find_change_problems(settings, history)]
        if not placement:
            placement = _plan_problems(plan_cluster(settings, history), unusable)
    return (*problems, *placement)


def _plan_problems(cluster: ClusterSpec, unusable: AbstractSet[str]) -> list[str]:
    problems = [*find_name_problems(cluster)]
    if problems:
        # Two brokers of one name have one seat, so nothing else of the plan is what it will be.
        return problems
    problems += find_port_problems(cluster)
    if unusable.isdisjoint(SIZING):
        problems += find_memory_problems(cluster)
    return problems


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
            "replication this program sets up and checks; write one of those"
        )


def _version_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    refused = tuple(_unusable_version(settings.version))
    if refused or not unusable.isdisjoint({"version", "artifact"}):
        yield from refused
        return
    try:
        if settings.artifact.source == "official":
            official_archive(settings.version)
        elif settings.artifact.source == "maven":
            maven_sha512(settings.version)
        elif "hosts" not in unusable:
            yield from _url_problems(settings, settings.artifact, "cluster.artifact")
    except ValueError as problem:
        yield str(problem)


def _jar_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    if isinstance(settings.console, DashboardConsole) and unusable.isdisjoint(
        {"hosts", "console"}
    ):
        yield from _url_problems(settings, settings.console.jar, "cluster.console.jar")


def _url_problems(
    settings: ClusterSettings, artifact: ArtifactSettings, key: str
) -> Iterator[str]:
    if not isinstance(artifact, UrlArtifact) or settings.hosts.provider != "nspawn":
        return
    if not artifact.url.startswith("file://"):
        other = "maven or " if key == "cluster.artifact" else ""
        yield (
            f"{key}.url: {artifact.url!r} cannot be reached from machines of this computer, "
            f"which have no way out; use {other}{{source: file, path: …, sha512: …}}"
        )


def _server_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
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
        yield (
            f"cluster.hosts.network: {network} is too small for {len(hosts.servers)} servers; "
            f"write a larger one, as {network.network_address}/24"
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
    """Check what brokers advertise: clients and the other servers must get there by it."""
    for position, server in enumerate(hosts.servers):
        address = server.address
        if address.is_loopback or address in THIS_NETWORK or not address < LOWEST_OF_GROUPS:
            yield (
                f"cluster.hosts.servers[{position}].address: {address} is nobody's for clients "
                "and the other servers; use the one by which they reach this server"
            )
