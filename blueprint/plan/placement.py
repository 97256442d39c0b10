"""Which host runs which broker: loads differ by one at most, and nothing that exists moves."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blueprint.plan.deployed import Seat


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One group to place: its brokers' names, the master's first, and hosts that are said."""

    brokers: tuple[str, ...]
    hosts: tuple[str, ...] | None = None


def place_brokers(
    groups: Sequence[Wanted],
    hosts: Sequence[str],
    existing: Mapping[str, Seat],
    *,
    elected: bool = False,
) -> dict[str, Seat]:
    """Return the seat of every broker.

    What exists keeps its seat. The others go, group by group, to the hosts with the least to do,
    masters first to those with the fewest masters; with two groups on two hosts this is the
    crosswise layout. Replicas of a group share a host only where there are fewer hosts.

    Args:
        groups: in the order of the settings; said hosts must be among `hosts`.
        hosts: their names, in the order of the settings.
        existing: seats of an earlier plan, by broker; those on hosts that are gone do not count.
        elected: whether any broker may become the master, so that all count slots alike.

    """
    board = _Board(hosts, elected=elected)
    for group in groups:
        for position, broker in enumerate(group.brokers):
            seat = existing.get(broker)
            if seat is not None and seat.host in hosts:
                board.seat(broker, seat.host, position, seat.slot)
    for group in groups:
        for position, broker in enumerate(group.brokers):
            if broker not in board.seats:
                host = group.hosts[position] if group.hosts else board.choose(group, position)
                board.seat(broker, host, position)
    return board.seats


class _Board:
    """The seats given so far, and what each host has to do by them."""

    def __init__(self, hosts: Sequence[str], *, elected: bool) -> None:
        self.seats: dict[str, Seat] = {}
        self._hosts = hosts
        self._elected = elected
        self._brokers: Counter[str] = Counter()
        self._masters: Counter[str] = Counter()
        self._slots: defaultdict[tuple[str, bool], set[int]] = defaultdict(set)

    def choose(self, group: Wanted, position: int) -> str:
        """Return the best host for one more broker of the group."""
        own = Counter(self.seats[b].host for b in group.brokers if b in self.seats)
        master = position == 0

        def badness(host: str) -> tuple[int, ...]:
            masters = self._masters[host]
            # A slave leaves hosts without a master to the masters still to come.
            return (own[host], self._brokers[host], masters if master else -masters)

        return min(self._hosts, key=lambda host: (*badness(host), self._hosts.index(host)))

    def seat(self, broker: str, host: str, position: int, slot: int | None = None) -> None:
        """Seat a broker, in the first free slot unless it has one."""
        taken = self._slots[host, self._elected or position == 0]
        number = next(n for n in range(len(taken) + 1) if n not in taken) if slot is None else slot
        taken.add(number)
        self._brokers[host] += 1
        self._masters[host] += position == 0
        self.seats[broker] = Seat(host=host, slot=number)
