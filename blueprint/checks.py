"""Problems that only show when settings are compared with each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from blueprint.host_settings import (
    ExistingHostsSettings,
    LibvirtHostsSettings,
    NspawnHostsSettings,
)
from blueprint.memory import (
    LEAST_BROKER_DIRECT_MIB,
    LEAST_BROKER_HEAP_MIB,
    LEAST_NAME_SERVER_HEAP_MIB,
    most_mib,
)
from blueprint.ports import HIGHEST_PORT, LOWEST_LISTEN_PORT
from blueprint.properties import find_property_problems
from blueprint.schemes import TRAITS
from blueprint.settings import ClusterSettings, UrlArtifact, property_text
from blueprint.topology import (
    BrokerSpec,
    ClusterSpec,
    HostSpec,
    NameServerSpec,
    place_groups,
    plan_cluster,
)
from blueprint.versions import maven_sha512, official_archive, require_safe

KNOWN_MAJOR = 5

ADDRESSES_IN_USE = 3
"""The network's own address, the gateway's, the broadcast address."""


def find_problems(settings: ClusterSettings) -> tuple[str, ...]:
    """Return one line per problem: the key, its value, and what is allowed."""
    problems = [
        *_version_problems(settings),
        *_server_problems(settings),
        *_placement_problems(settings),
        *find_property_problems(settings.properties),
    ]
    if not problems:
        cluster = plan_cluster(settings)
        problems = [*_name_problems(cluster), *_port_problems(cluster), *_heap_problems(cluster)]
    return tuple(problems)


def find_field_problems(version: object, properties: object) -> Iterator[str]:
    """Check the two fields that need no other, of settings that are no whole."""
    if isinstance(version, str):
        yield from _unusable_version(version)
    if isinstance(properties, Mapping):
        texts = {str(name): property_text(value) for name, value in properties.items()}
        yield from find_property_problems(
            {name: value for name, value in texts.items() if isinstance(value, str)}
        )


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
    if settings.name_servers > len(servers):
        yield (
            f"cluster.nameServers: {settings.name_servers} name servers need as many servers, "
            f"and there are {len(servers)}"
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


def _placement_problems(settings: ClusterSettings) -> Iterator[str]:
    names = [server.name for server in settings.hosts.servers]
    fewest = TRAITS[settings.scheme].fewest_hosts
    if len(names) < fewest:
        yield (
            f"cluster.scheme: {settings.scheme.value!r} needs {fewest} servers or more, since a "
            f"master and its slave never share one, and cluster.hosts.servers has {len(names)}"
        )
        return
    known = ", ".join(names)
    seen: set[str] = set()
    for position, group in enumerate(settings.groups):
        if group.name in seen:
            yield f"cluster.groups[{position}].name: {group.name!r} is given twice"
        seen.add(group.name)
        for field, host in (("master", group.master), ("slave", group.slave)):
            if host is not None and host not in names:
                yield (
                    f"cluster.groups[{position}].{field}: {host!r} is not a server; "
                    f"there are {known}"
                )
    for position, placement in enumerate(place_groups(settings)):
        if placement.master in placement.slaves:
            yield (
                f"cluster.groups[{position}]: master and slave are both on {placement.master!r}; "
                "the loss of one server would lose both copies"
            )


def _name_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Check that no two processes share a unit, a file or a message store by their names."""
    takers: dict[str, list[str]] = defaultdict(list)
    for process in cluster.processes:
        takers[f"the name {process.name}"].append(process.name)
        if isinstance(process, BrokerSpec):
            takers[f"the unit {process.paths.unit}"].append(process.name)
            takers[f"the store {process.paths.store}"].append(process.name)
        else:
            takers[f"the unit {process.paths.unit}"] = [process.name]
    for taken, names in takers.items():
        if len(names) > 1:
            yield (
                f"cluster.groups: {' and '.join(names)} would both have {taken}; "
                "choose group names of which none is another's with -s or s at its end"
            )


def _port_problems(cluster: ClusterSpec) -> Iterator[str]:
    for host in cluster.hosts:
        takers: dict[int, list[str]] = defaultdict(list)
        for process in cluster.processes_on(host):
            kind = "nameServer" if isinstance(process, NameServerSpec) else process.role.value
            for port in process.ports:
                takers[port].append(f"{process.name} ({kind})")
                if not LOWEST_LISTEN_PORT - 2 <= port <= HIGHEST_PORT:
                    yield (
                        f"cluster.ports: {process.name} would take port {port} on {host.name}; "
                        f"allowed are {LOWEST_LISTEN_PORT - 2} to {HIGHEST_PORT}"
                    )
        for port, names in sorted(takers.items()):
            if len(names) > 1:
                yield (
                    f"cluster.ports: {' and '.join(names)} would both take port {port} on "
                    f"{host.name}; a broker takes listenPort-2, listenPort and listenPort+1"
                )


def _heap_problems(cluster: ClusterSpec) -> Iterator[str]:
    for position, host in enumerate(cluster.hosts):
        processes = cluster.processes_on(host)
        needed = sum(process.memory_mib for process in processes)
        allowed = most_mib(host.memory_mib)
        if needed > allowed:
            yield (
                f"cluster.hosts.servers[{position}].memory: {_described(host)} leaves {allowed} "
                f"MiB to JVMs, and {len(processes)} processes need {needed} MiB (heaps, direct "
                "memory, overhead); give it more memory or lower cluster.heap"
            )
    for process in cluster.processes:
        least = (
            LEAST_NAME_SERVER_HEAP_MIB
            if isinstance(process, NameServerSpec)
            else LEAST_BROKER_HEAP_MIB
        )
        if process.heap_mib < least:
            yield (
                f"cluster.heap: {process.name} would get {process.heap_mib} MiB, and does not "
                f"boot with less than {least} MiB"
            )
        if isinstance(process, BrokerSpec) and process.direct_mib < LEAST_BROKER_DIRECT_MIB:
            yield (
                f"cluster.heap.brokerDirect: {process.name} would get {process.direct_mib} MiB, "
                f"and does not serve with less than {LEAST_BROKER_DIRECT_MIB} MiB"
            )


def _described(host: HostSpec) -> str:
    return f"{host.name}'s {host.memory_mib} MiB"
