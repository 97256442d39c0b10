"""Whether what is asked for can be placed: copies, hosts, names of groups and brokers."""

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from blueprint.schemes import Scheme
from blueprint.settings import ClusterSettings
from blueprint.specs import BrokerSpec, ClusterSpec
from blueprint.topology import broker_names

CONTROLLER_COUNTS = (3, 5)
"""Odd, so that there is a majority; of one, none would be left."""


def find_placement_problems(settings: ClusterSettings) -> Iterator[str]:
    """Iterate over what cannot be placed, one line each."""
    problems = tuple(_scheme_problems(settings))
    yield from problems
    yield from _group_name_problems(settings)
    if not problems:
        yield from _copies_problems(settings)
        yield from _controller_problems(settings)
        yield from _group_host_problems(settings)
        yield from _override_problems(settings)
    yield from _proxy_problems(settings)


def _scheme_problems(settings: ClusterSettings) -> Iterator[str]:
    scheme, traits = settings.scheme.value, settings.traits
    if settings.replication is not None and settings.scheme is not Scheme.SYNC:
        yield (
            f"cluster.replication: {settings.replication.value!r} is for scheme "
            f"{Scheme.SYNC.value!r} alone, and cluster.scheme is {scheme!r}; leave it out"
        )
    if settings.replicas_per_group not in traits.replicas:
        allowed = " or ".join(map(str, traits.replicas))
        yield (
            f"cluster.replicas: {settings.replicas} is not possible in scheme {scheme!r}; "
            f"write {allowed}, or leave it out"
        )
    if settings.controllers is None:
        return
    if settings.scheme is not Scheme.CONTROLLER:
        yield (
            f"cluster.controllers: {settings.controllers} is for scheme "
            f"{Scheme.CONTROLLER.value!r} alone, and cluster.scheme is {scheme!r}; leave it out"
        )
    elif settings.controllers not in CONTROLLER_COUNTS:
        yield (
            f"cluster.controllers: {settings.controllers} is not 3 or 5; they decide by majority, "
            "and with any other number the loss of one is no better survived"
        )


def _copies_problems(settings: ClusterSettings) -> Iterator[str]:
    copies, servers = settings.replicas_per_group, len(settings.hosts.servers)
    if copies <= servers or settings.allow_shared_host:
        return
    if settings.traits.is_elected and servers > 1:
        loss = f"the loss of a server that holds {-(-copies // servers)} of them stops the group"
    else:
        loss = "the loss of that server loses both copies"
    what = f"{copies} replicas of each group" if settings.traits.is_elected else "master and slave"
    yield (
        f"cluster.scheme: {settings.scheme.value!r} needs {copies} servers or more for {what}, "
        f"and cluster.hosts.servers has {servers}; where they share one, {loss}: add servers, or "
        "accept that by cluster.allowSharedHost: true"
    )


def _controller_problems(settings: ClusterSettings) -> Iterator[str]:
    count, servers = settings.controller_count, len(settings.hosts.servers)
    if count <= servers or settings.allow_shared_host:
        return
    most = -(-count // servers)
    yield (
        f"cluster.controllers: {count} need as many servers, and cluster.hosts.servers has "
        f"{servers}; the loss of the server with {most} of them leaves {count - most} of {count}, "
        "which elect no master: add servers, or accept that by cluster.allowSharedHost: true"
    )


def _group_name_problems(settings: ClusterSettings) -> Iterator[str]:
    seen: set[str] = set()
    for position, group in enumerate(settings.broker_groups):
        if group.name in seen:
            yield (
                f"cluster.brokerGroups[{position}].name: {group.name!r} is given twice; "
                "every group has its own"
            )
        seen.add(group.name)


def _group_host_problems(settings: ClusterSettings) -> Iterator[str]:
    names = [server.name for server in settings.hosts.servers]
    copies = settings.replicas_per_group
    for position, group in enumerate(settings.broker_groups):
        key = f"cluster.brokerGroups[{position}].hosts"
        if group.hosts is None:
            continue
        yield from _unknown_hosts(key, group.hosts, names)
        if len(group.hosts) != copies:
            yield (
                f"cluster.brokerGroups[{position}].hosts: {', '.join(group.hosts) or 'none'}; "
                f"{group.name} has {copies} broker{'s' * (copies > 1)} in scheme "
                f"{settings.scheme.value!r}, so name {copies} server{'s' * (copies > 1)}"
            )
        elif len(set(group.hosts)) < copies and not settings.allow_shared_host:
            (shared, _), *_ = Counter(group.hosts).most_common(1)
            yield (
                f"{key}: {shared!r} would hold more than one copy of {group.name}; name another "
                "server, or accept its loss by cluster.allowSharedHost: true"
            )


def _proxy_problems(settings: ClusterSettings) -> Iterator[str]:
    if settings.proxy is None:
        return
    hosts = settings.proxy.hosts
    yield from _unknown_hosts(
        "cluster.proxy.hosts", hosts, [server.name for server in settings.hosts.servers]
    )
    for host, times in Counter(hosts).items():
        if times > 1:
            yield (
                f"cluster.proxy.hosts: {host!r} is named {times} times; "
                "a server runs one proxy, name it once"
            )


def _unknown_hosts(key: str, hosts: Iterable[str], known: list[str]) -> Iterator[str]:
    for position, host in enumerate(hosts):
        if host not in known:
            yield f"{key}[{position}]: {host!r} is not a server; there are {', '.join(known)}"


def _override_problems(settings: ClusterSettings) -> Iterator[str]:
    known = [
        name for group in settings.broker_groups for name in broker_names(settings, group.name)
    ]
    for name in settings.brokers:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            yield f"cluster.brokers.{name}: {name!r} is no broker of this plan; {hint}"


def find_name_problems(cluster: ClusterSpec) -> Iterator[str]:
    """Check that no two processes share a unit, a file or a message store by their names."""
    takers: dict[str, dict[str, None]] = defaultdict(dict)
    for process in cluster.processes:
        paths = process.paths
        # Every host has the stores of all brokers; of the other kinds each has its own.
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
                "group names that are no other process's, and of which none is another's with "
                "the ending of a slave or replica"
            )
