"""Which host runs which broker: counts differ by one at most, and nothing deployed moves."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blueprint.plan.deployed import Placement


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupToPlace:
    """The brokers of a group, its master first, and their hosts if the settings name them."""

    brokers: tuple[str, ...]
    hosts: tuple[str, ...] | None = None


def place_brokers(
    groups: Sequence[GroupToPlace],
    hosts: Sequence[str],
    deployed: Mapping[str, Placement],
    *,
    elected: bool = False,
) -> dict[str, Placement]:
    """Return the placement of every broker, by name.

    Deployed brokers stay where they are, unless that host is not in `hosts`. The others go, group
    by group, to the host with the fewest brokers, masters preferring hosts with few masters; two
    groups on two hosts are placed crosswise. Brokers of a group share a host only if there are
    fewer hosts than brokers. With `elected`, every broker may become master, so all share one row
    of slots. The hosts that groups name must be in `hosts`.
    """
    placer = _Placer(hosts, elected=elected)
    for group in groups:
        for position, broker in enumerate(group.brokers):
            before = deployed.get(broker)
            if before is not None and before.host in hosts:
                placer.place(broker, before.host, position, before.slot)
    for group in groups:
        for position, broker in enumerate(group.brokers):
            if broker not in placer.placements:
                host = group.hosts[position] if group.hosts else placer.choose(group, position)
                placer.place(broker, host, position)
    return placer.placements


class _Placer:
    """The placements so far, and the load of each host that follows from them."""

    def __init__(self, hosts: Sequence[str], *, elected: bool) -> None:
        self.placements: dict[str, Placement] = {}
        self._hosts = hosts
        self._elected = elected
        self._brokers: Counter[str] = Counter()
        self._masters: Counter[str] = Counter()
        self._slots: defaultdict[tuple[str, bool], set[int]] = defaultdict(set)

    def choose(self, group: GroupToPlace, position: int) -> str:
        """Return the best host for one more broker of the group; of equals, the first."""
        same_group = Counter(
            self.placements[b].host for b in group.brokers if b in self.placements
        )
        is_master = position == 0

        def load(host: str) -> tuple[int, ...]:
            masters = self._masters[host]
            # A slave leaves hosts without a master to the masters still to come.
            return (same_group[host], self._brokers[host], masters if is_master else -masters)

        return min(self._hosts, key=load)

    def place(self, broker: str, host: str, position: int, slot: int | None = None) -> None:
        """Place a broker, in the first free slot unless it already has one."""
        taken = self._slots[host, self._elected or position == 0]
        if slot is None:
            slot = next(n for n in range(len(taken) + 1) if n not in taken)
        taken.add(slot)
        self._brokers[host] += 1
        self._masters[host] += position == 0
        self.placements[broker] = Placement(host=host, slot=slot)
