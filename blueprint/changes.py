"""What a running cluster cannot be changed to, and why: it holds messages."""

from collections.abc import Iterator

from blueprint.history import History
from blueprint.schemes import IN_PLACE, Scheme
from blueprint.settings import ClusterSettings
from blueprint.topology import broker_names

WITH_SLAVES = frozenset({Scheme.ASYNC, Scheme.SYNC})

UNSEEDED = (
    "a new broker with an empty store copies only the last file of its master's log, so older "
    "messages would have one copy that looks like two"
)


def find_change_problems(settings: ClusterSettings, history: History) -> Iterator[str]:
    """Iterate over the changes from what the stack has made that are refused, one line each."""
    was = history.scheme
    if was is not None and was is not settings.scheme:
        reason = refuse_switch(was, settings.scheme)
        if reason is not None:
            yield (
                f"cluster.scheme: {settings.scheme.value!r} cannot follow {was.value!r}: "
                f"{reason}; put {was.value!r} back, or make a new cluster and let producers "
                "move there"
            )
            return
    yield from _group_problems(settings, history)


def refuse_switch(was: Scheme, wanted: Scheme) -> str | None:
    """Return why a cluster of one scheme cannot become one of another; None where it can."""
    if was is wanted or {was, wanted} <= IN_PLACE:
        return None
    if was is Scheme.NOSLAVE and wanted in WITH_SLAVES:
        return f"stores of new slaves cannot be seeded yet, and {UNSEEDED}"
    if was in WITH_SLAVES and wanted is Scheme.NOSLAVE:
        return "it takes away the second copy of every message"
    if Scheme.DLEDGER in {was, wanted}:
        return (
            "dledger keeps messages in a log of its own format, so the other scheme's brokers "
            "would not find those that are there"
        )
    return (
        "the brokers of scheme controller have other numbers and an election's records in their "
        "stores, which the other scheme's brokers do not have"
    )


def _group_problems(settings: ClusterSettings, history: History) -> Iterator[str]:
    servers = [server.name for server in settings.hosts.servers]
    for position, group in enumerate(settings.broker_groups):
        brokers = broker_names(settings, group.name)
        there = [name for name in brokers if name in history.seats]
        if not there:
            continue
        if missing := [name for name in brokers if name not in history.seats]:
            yield (
                f"cluster.replicas: {len(brokers)} would add {' and '.join(missing)} to "
                f"{group.name}; {UNSEEDED}: keep {len(there)}"
            )
        for number, name in enumerate(brokers):
            seat = history.seats.get(name)
            if seat is None:
                continue
            said = group.hosts[number] if group.hosts else seat.host
            if seat.host not in servers:
                yield (
                    f"cluster.hosts.servers: {seat.host!r} is not among them and holds the store "
                    f"of {name}, which cannot be moved yet; keep the server, or remove the group "
                    f"{group.name}"
                )
            elif said != seat.host:
                yield (
                    f"cluster.brokerGroups[{position}].hosts: {name} is on {seat.host!r} with its "
                    f"store, which cannot be moved to {said!r} yet; name {seat.host!r} there"
                )
