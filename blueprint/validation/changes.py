"""Changes that a deployed cluster cannot take, since it holds messages."""

from collections.abc import Iterator

from blueprint.hosts.ssh_keys import fingerprint
from blueprint.plan.deployed import DeployedState
from blueprint.plan.topology import broker_names, controller_hosts, controller_name
from blueprint.rocketmq.schemes import UNSEEDED, refuse_switch
from blueprint.rocketmq.versions import refuse_new
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import ExistingServerSettings, ServerSettings


def find_change_problems(settings: ClusterSettings, deployed: DeployedState) -> Iterator[str]:
    """Iterate over the changes to the deployed cluster that are refused, one line each."""
    was = deployed.scheme
    if was is not None:
        reason = refuse_switch(was, settings.scheme)
        if reason is not None:
            yield (
                f"cluster.scheme: cannot change from {was.value!r} to {settings.scheme.value!r}: "
                f"{reason}; put {was.value!r} back, or make a new cluster and let producers "
                "move there"
            )
            return
    yield from _rename_problems(settings, deployed)
    yield from _controller_problems(settings, deployed)
    yield from _replica_problems(settings, deployed)
    yield from _move_problems(settings, deployed)


def find_version_change_problems(
    settings: ClusterSettings, deployed: DeployedState
) -> Iterator[str]:
    """Iterate over why a supported version cannot be deployed, or cannot replace another one."""
    was, wanted = deployed.version, settings.version
    if was is None:
        problem = refuse_new(wanted)
        if problem is not None:
            yield problem
    elif was != wanted:
        yield (
            f"cluster.version: cannot change from {was}, which is deployed, to {wanted}: brokers "
            f"cannot be rolled to another version yet; write {was}, or leave it out, which keeps "
            "the deployed one"
        )


def _rename_problems(settings: ClusterSettings, deployed: DeployedState) -> Iterator[str]:
    """Check that no server takes the place of a removed one: removing that one would wipe it."""
    names = {server.name for server in settings.hosts.servers}
    removed = {h: a for h, a in deployed.addresses.items() if h not in names}
    removed_keys = {h: key for h, key in deployed.host_keys.items() if h not in names}
    for position, server in enumerate(settings.hosts.servers):
        address, key = str(server.address), _fingerprint(server)
        found = [(host, "address") for host, other in removed.items() if other == address]
        # Servers cloned from one image may share a host key, and may stay side by side.
        if key and deployed.host_keys.get(server.name) != key:
            found += [(host, "host key") for host, other in removed_keys.items() if other == key]
        for host, what in found[:1]:
            yield (
                f"cluster.hosts.servers[{position}].name: {server.name!r} has the {what} of "
                f"{host!r}, which is deployed and whose removal would wipe {server.name!r}; keep "
                f"the name {host!r}, or remove the server, apply that, then add it as "
                f"{server.name!r}"
            )


def _fingerprint(server: ServerSettings) -> str:
    return fingerprint(server.host_key) if isinstance(server, ExistingServerSettings) else ""


def _controller_problems(settings: ClusterSettings, deployed: DeployedState) -> Iterator[str]:
    """Check that no controller moves or is replaced: each votes by what its store holds."""
    planned = tuple(controller_name(host, slot) for host, slot in controller_hosts(settings))
    if deployed.controllers and planned != deployed.controllers:
        yield (
            f"cluster.controllers: cannot change from {' and '.join(deployed.controllers)} to "
            f"{' and '.join(planned)}: a controller with an empty store would vote "
            "without knowing the current masters; keep their number and the first hosts as they "
            "were"
        )


def _replica_problems(settings: ClusterSettings, deployed: DeployedState) -> Iterator[str]:
    """Check that no deployed group gains or loses copies."""
    wanted, had = settings.replicas_per_group, _replicas_before(settings, deployed)
    if had is None or had == wanted:
        return
    if had > wanted:
        reason = f"it would remove {had - wanted} of the {had} copies of every message"
    elif settings.traits.is_elected:
        reason = "new replicas cannot join a group that already holds messages yet"
    else:
        reason = f"stores of new slaves cannot be seeded yet, and {UNSEEDED}"
    yield (
        f"cluster.replicas: cannot change from {had} to {wanted}: {reason}; write {had}, or make "
        "a new cluster and let producers move there"
    )


def _replicas_before(settings: ClusterSettings, deployed: DeployedState) -> int | None:
    """Return how many copies the groups that stay have; None if that is unknown.

    An interrupted first update leaves some brokers of a group missing, so the number of brokers
    says nothing; names that only another number of copies gives do.
    """
    by_copies = {
        copies: {
            name
            for group in settings.broker_groups
            for name in broker_names(settings.model_copy(update={"replicas": copies}), group.name)
        }
        & deployed.placements.keys()
        for copies in settings.traits.replicas
    }
    if not any(by_copies.values()):
        return None
    if deployed.replicas is not None:
        return deployed.replicas
    here = by_copies[settings.replicas_per_group]
    return next((copies for copies, names in by_copies.items() if names - here), None)


def _move_problems(settings: ClusterSettings, deployed: DeployedState) -> Iterator[str]:
    """Check that deployed brokers stay on their hosts, and that these stay in the settings."""
    servers = {server.name for server in settings.hosts.servers}
    for position, group in enumerate(settings.broker_groups):
        names = broker_names(settings, group.name)
        for name, wanted in zip(names, group.hosts or [None] * len(names), strict=True):
            if name not in deployed.placements:
                continue
            host = deployed.placements[name].host
            if host not in servers:
                yield (
                    f"cluster.hosts.servers: {host!r} is not among them and holds the store of "
                    f"{name}, which cannot be moved yet; keep the server, or remove the group "
                    f"{group.name}"
                )
            elif wanted not in {None, host}:
                yield (
                    f"cluster.brokerGroups[{position}].hosts: {name} is on {host!r} with its "
                    f"store, which cannot be moved to {wanted!r} yet; name {host!r} there"
                )
