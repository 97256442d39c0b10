"""Which host runs which process."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupPlacement:
    """The hosts of one group, and how many groups before it have the same ones."""

    group: str
    master: str
    slaves: tuple[str, ...]


def place_group(
    group: str, position: int, hosts: tuple[str, ...], slaves_per_master: int
) -> GroupPlacement:
    """Place the group at `position` (from 0): masters go round the hosts, each slave one further.

    With two groups on two hosts this is the crosswise layout. Appending a group moves no other.
    """
    first = position % len(hosts)
    ring = tuple(hosts[(first + step) % len(hosts)] for step in range(slaves_per_master + 1))
    return GroupPlacement(group=group, master=ring[0], slaves=ring[1:])
