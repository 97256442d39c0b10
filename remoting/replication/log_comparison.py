"""Compare the records of a slave's log and its master's where they may diverge.

Once a slave is connected, its offset proves nothing: one that was ahead is sent what its master
wrote past the slave's end, and both then end at the same byte. If the logs differ, they differ
where the master continued alone, so comparing one record there is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.errors import LogsDifferError, NotYetError
from remoting.protocol.connection import Connection
from remoting.requests.admin import commit_log_bounds, record_at

if TYPE_CHECKING:
    from collections.abc import Sequence


def require_same_log(
    master: str, slaves: Sequence[str], alone_from: int, timeout_seconds: float
) -> None:
    """Require that each slave holds, from `alone_from` on, only what its master wrote there.

    Raises:
        LogsDifferError: a slave holds something else.
        NotYetError: a slave cannot be compared yet.
        RemotingError: one of them does not answer.

    """
    causes = [_reason_to_wait(master, slave, alone_from, timeout_seconds) for slave in slaves]
    for cause in filter(None, causes):
        raise NotYetError(cause)


def _reason_to_wait(master: str, slave: str, alone_from: int, timeout_seconds: float) -> str:
    with Connection(slave, timeout_seconds) as connection:
        first, held = commit_log_bounds(connection)
        if held <= alone_from:
            return ""
        with Connection(master, timeout_seconds) as to_master:
            # Old files are deleted, and an empty slave starts with its master's last file.
            first_of_master, written = commit_log_bounds(to_master)
            at = max(alone_from, first, first_of_master)
            wanted = record_at(to_master, at)
        found = record_at(connection, at)
    if wanted is None or held <= at or (found is None and held < at + len(wanted)):
        return f"slave {slave} cannot be compared with {master} at byte {at} yet"
    if found != wanted:
        raise LogsDifferError(master, written, slave, held, at)
    return ""
