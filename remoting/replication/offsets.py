"""Decide whether slaves hold what their master holds.

A slave that holds more than its master is never "in sync", even if the master reports it: the
master accepts it silently, answers SEND_OK for messages the slave does not have, and once it has
written past the slave's offset shows a difference of 0 over two different logs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remoting.errors import NotYetError, RemotingError, SlaveAheadError
from remoting.protocol.connection import Connection, split_address
from remoting.requests.admin import HaStatus, commit_log_max_offset, ha_status

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Offsets:
    """Bytes in the commit logs of a master and its slaves, slaves in the order asked for."""

    master: int
    slaves: tuple[int, ...]


@dataclass(frozen=True)
class ReplicationStatus:
    """A master before and after its slaves were asked, and the offsets of those that answered."""

    earlier: HaStatus
    later: HaStatus
    reached: dict[str, int]
    silent: RemotingError | None
    """The error of the first slave that did not answer."""


def compare_offsets(
    master: str, slaves: Sequence[str], timeout_seconds: float, held_before: int | None = None
) -> Offsets:
    """Return the offsets of a master whose slaves all hold exactly what it holds.

    With `held_before`, in bytes, they may lag: under constant writes they never reach the end.

    Raises:
        SlaveAheadError: a slave holds more; also when other slaves do not answer.
        NotYetError: a slave is not connected, or behind.
        RemotingError: one of them does not answer.

    """
    status = replication_status(master, slaves, timeout_seconds)
    if status.silent is not None:
        raise status.silent
    wanted = status.earlier.max_offset if held_before is None else held_before
    _require_connected(master, status.later, slaves, wanted)
    # The connection of a dead slave can linger, so the slave itself is asked as well.
    for slave in slaves:
        _require_caught_up(slave, wanted - status.reached[slave], master)
    return Offsets(status.later.max_offset, tuple(status.reached[slave] for slave in slaves))


def replication_status(
    master: str, slaves: Sequence[str], timeout_seconds: float
) -> ReplicationStatus:
    """Ask a master and its slaves for the ends of their logs.

    Raises:
        SlaveAheadError: a slave holds more; also when other slaves do not answer.
        NotYetError: the master does not act as one.
        RemotingError: the master does not answer.

    """
    with Connection(master, timeout_seconds) as connection:
        earlier = ha_status(connection)
        reached, silent = _slave_offsets(slaves, timeout_seconds)
        later = ha_status(connection)
    _refuse_slaves_ahead(master, slaves, _highest_seen(earlier, slaves, reached), later.max_offset)
    if silent is None and not later.is_master:
        cause = f"{master} does not act as a master"
        raise NotYetError(cause)
    return ReplicationStatus(earlier, later, reached, silent)


def _slave_offsets(
    slaves: Sequence[str], timeout_seconds: float
) -> tuple[dict[str, int], RemotingError | None]:
    asked = {slave: _offset_or_error(slave, timeout_seconds) for slave in slaves}
    reached = {slave: answer for slave, answer in asked.items() if isinstance(answer, int)}
    errors = [answer for answer in asked.values() if isinstance(answer, RemotingError)]
    return reached, errors[0] if errors else None


def _offset_or_error(slave: str, timeout_seconds: float) -> int | RemotingError:
    try:
        with Connection(slave, timeout_seconds) as connection:
            return commit_log_max_offset(connection)
    except RemotingError as error:
        return error


def _highest_seen(
    status: HaStatus, slaves: Sequence[str], reached: dict[str, int]
) -> dict[str, int]:
    seen = dict(reached)
    for replica in status.connections:
        matching = [slave for slave in slaves if split_address(slave)[0] == replica.ip]
        name = matching[0] if len(matching) == 1 else replica.ip
        seen[name] = max(seen.get(name, 0), replica.acked_offset)
    return seen


def _refuse_slaves_ahead(
    master: str, slaves: Sequence[str], seen: dict[str, int], master_offset: int
) -> None:
    # A healthy slave never holds more than its master holds later; comparing offsets of the
    # same moment would accuse healthy slaves under load.
    for slave in (*slaves, *sorted(seen.keys() - set(slaves))):
        if seen.get(slave, 0) > master_offset:
            raise SlaveAheadError(master, master_offset, slave, seen[slave])


def _require_connected(
    master: str, status: HaStatus, slaves: Sequence[str], wanted_offset: int
) -> None:
    # The later acknowledgements are compared with the earlier end of the log: within one answer,
    # a busy producer keeps the two apart.
    wanted = Counter(split_address(slave)[0] for slave in slaves)
    for ip, count in wanted.items():
        acked = sorted(replica.acked_offset for replica in status.connections if replica.ip == ip)
        if len(acked) < count:
            others = sorted({replica.ip for replica in status.connections} - {ip})
            connected = f" (connected are {', '.join(others)})" if others else ""
            cause = f"{len(acked)} of {count} slaves on {ip} are connected to {master}{connected}"
            raise NotYetError(cause)
        _require_caught_up(f"on {ip}", wanted_offset - acked[-count], master)


def _require_caught_up(slave: str, behind_bytes: int, master: str) -> None:
    if behind_bytes > 0:
        cause = f"slave {slave} is {behind_bytes} bytes behind {master}"
        raise NotYetError(cause)
