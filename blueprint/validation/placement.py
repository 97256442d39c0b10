"""Whether the brokers can be placed: copies, hosts, names of groups and brokers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import BrokerSpec
from blueprint.plan.topology import broker_names
from blueprint.rocketmq.schemes import CONTROLLER_COUNTS, Scheme
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.console import NoConsole
from blueprint.settings.suggestions import name_some, suggest


def find_placement_problems(
    settings: ClusterSettings, unusable: AbstractSet[str]
) -> Iterator[str]:
    """Iterate over what cannot be placed; checks that depend on `unusable` keys are skipped."""

    def known(*keys: str) -> bool:
        return unusable.isdisjoint(keys)

    yield from _group_name_problems(settings)
    possible = known("scheme", "replicas")
    if known("scheme"):
        problems = tuple(_scheme_problems(settings))
        yield from problems
        possible = possible and not problems
    if possible and known("hosts", "allowSharedHost"):
        yield from _copies_problems(settings)
        yield from _controller_problems(settings)
        yield from _group_host_problems(settings)
    if possible and known("brokerGroups"):
        yield from _override_problems(settings)
    if known("hosts"):
        yield from _proxy_problems(settings)
        yield from _console_problems(settings)


def _scheme_problems(settings: ClusterSettings) -> Iterator[str]:
    scheme, traits = settings.scheme.value, settings.traits
    if settings.replication is not None and settings.scheme is not Scheme.SYNC:
        yield (
            f"cluster.replication: {settings.replication.value!r} is only for scheme "
            f"{Scheme.SYNC.value!r}, and cluster.scheme is {scheme!r}; leave it out"
        )
    if settings.replicas_per_group not in traits.replicas:
        allowed = " or ".join(map(str, traits.replicas))
        yield (
            f"cluster.replicas: {settings.replicas} is not allowed in scheme {scheme!r}; "
            f"write {allowed}, or leave it out"
        )
    if settings.controllers is None:
        return
    if settings.scheme is not Scheme.CONTROLLER:
        yield (
            f"cluster.controllers: {settings.controllers} is only for scheme "
            f"{Scheme.CONTROLLER.value!r}, and cluster.scheme is {scheme!r}; leave it out"
        )
    elif settings.controllers not in CONTROLLER_COUNTS:
        yield (
            f"cluster.controllers: {settings.controllers} is not allowed; use 3 or 5, which "
            "survive the loss of one or two"
        )


def _copies_problems(settings: ClusterSettings) -> Iterator[str]:
    copies, servers = settings.replicas_per_group, len(settings.hosts.servers)
    if copies <= servers or settings.allow_shared_host:
        return
    start = f"cluster.replicas: {settings.replicas} of"
    if settings.replicas is None:
        start = "cluster.scheme:"
    what = f"{copies} replicas of each group"
    if not settings.traits.is_elected:
        what = "master and slave" + ("s" if copies - 1 > 1 else "")
    decides = settings.scheme is Scheme.DLEDGER
    yield (
        f"{start} {settings.scheme.value!r} needs {copies} servers or more for {what}, and "
        f"cluster.hosts.servers has {servers}; {_loss(copies, servers, by_majority=decides)}: "
        "add servers, or accept that with cluster.allowSharedHost: true"
    )


def _controller_problems(settings: ClusterSettings) -> Iterator[str]:
    count, servers = settings.controller_count, len(settings.hosts.servers)
    if count <= servers or settings.allow_shared_host:
        return
    yield (
        f"cluster.controllers: {count} need as many servers, and cluster.hosts.servers has "
        f"{servers}; {_loss(count, servers, by_majority=True)}: add servers, or accept that with "
        "cluster.allowSharedHost: true"
    )


def _loss(count: int, servers: int, *, by_majority: bool) -> str:
    """Return what the loss of the server with the most of `count` would do."""
    lost = -(-count // servers)
    left = count - lost
    if not left:
        return f"the loss of that server takes all {count}"
    what = f"the loss of the server with {lost} of them leaves {left} of {count}"
    if not by_majority:
        return what
    if left <= count // 2:
        return f"{what}, which elect no master"
    return f"{what}, which cannot survive another failure"


def _group_name_problems(settings: ClusterSettings) -> Iterator[str]:
    seen: set[str] = set()
    for position, group in enumerate(settings.broker_groups):
        if group.name in seen:
            yield (
                f"cluster.brokerGroups[{position}].name: {group.name!r} is used twice; "
                "every group has its own name"
            )
        seen.add(group.name)


def _group_host_problems(settings: ClusterSettings) -> Iterator[str]:
    copies = settings.replicas_per_group
    for position, group in enumerate(settings.broker_groups):
        key = f"cluster.brokerGroups[{position}].hosts"
        if group.hosts is None:
            continue
        yield from _unknown_hosts(settings, _at(key, group.hosts))
        if len(group.hosts) != copies:
            yield (
                f"{key}: {', '.join(group.hosts) or 'none'}; "
                f"{group.name} has {copies} broker{'s' * (copies > 1)} in scheme "
                f"{settings.scheme.value!r}, so name {copies} server{'s' * (copies > 1)}"
            )
        elif len(set(group.hosts)) < copies and not settings.allow_shared_host:
            (shared, _), *_ = Counter(group.hosts).most_common(1)
            yield (
                f"{key}: {shared!r} would hold more than one copy of {group.name}; name another "
                "server, or accept its loss with cluster.allowSharedHost: true"
            )


def _proxy_problems(settings: ClusterSettings) -> Iterator[str]:
    if settings.proxy is None:
        return
    hosts = settings.proxy.hosts
    yield from _unknown_hosts(settings, _at("cluster.proxy.hosts", hosts))
    for host, times in Counter(hosts).items():
        if times > 1:
            yield (
                f"cluster.proxy.hosts: {host!r} is named {times} times; "
                "a server runs one proxy, name it once"
            )


def _console_problems(settings: ClusterSettings) -> Iterator[str]:
    if not isinstance(settings.console, NoConsole) and settings.console.host is not None:
        yield from _unknown_hosts(settings, {"cluster.console.host": settings.console.host})


def _unknown_hosts(settings: ClusterSettings, hosts: Mapping[str, str]) -> Iterator[str]:
    """Check the names of hosts, by their keys."""
    known = [server.name for server in settings.hosts.servers]
    for key, host in hosts.items():
        if host not in known:
            yield f"{key}: {host!r} is not a server; {name_some(known)}"


def _at(key: str, items: Sequence[str]) -> dict[str, str]:
    """Return the items of a list by their keys."""
    return {f"{key}[{position}]": item for position, item in enumerate(items)}


def _override_problems(settings: ClusterSettings) -> Iterator[str]:
    known = [
        name for group in settings.broker_groups for name in broker_names(settings, group.name)
    ]
    for name in settings.brokers:
        if name not in known:
            yield (
                f"cluster.brokers.{name}: {name!r} is not a broker of this plan; "
                f"{suggest(name, known)}"
            )


def find_name_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Check that no two processes get the same unit, file or message store from their names."""
    takers: dict[str, dict[str, None]] = defaultdict(dict)
    for process in cluster.services:
        paths = process.paths
        # Every host has directories for the stores of all brokers, but of its own other processes.
        owner = paths.instance
        if isinstance(process, BrokerSpec):
            owner = f"{process.name} of group {process.group}"
        takers[f"the unit {paths.unit}"][owner] = None
        if paths.store is not None:
            takers[f"the store {paths.store}"][owner] = None
    for taken, owners in takers.items():
        if len(owners) > 1:
            yield (
                f"cluster.brokerGroups: {' and '.join(owners)} would both have {taken}; choose "
                "group names that no other process has, and that are not another group's name "
                "with the suffix of a slave or replica"
            )
