"""Tell by what they hold whether a slave's log goes on as its master's does.

Once a slave is connected, its offset proves nothing: one that was ahead is sent what its master
wrote behind the slave's end, and both then end at the same byte. The logs still differ where the
master went on alone, and a record there is the same on both or the logs are not the same.
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
    """Pass when each slave holds nothing from `alone_from` on but what its master wrote there.

    Raises:
        LogsDifferError: a slave holds something else.
        NotYetError: what a slave holds there cannot be told yet.
        RemotingError: one of them does not answer.

    """
    causes = [_untold(master, slave, alone_from, timeout_seconds) for slave in slaves]
    for cause in filter(None, causes):
        raise NotYetError(cause)


def _untold(master: str, slave: str, alone_from: int, timeout_seconds: float) -> str:
    with Connection(slave, timeout_seconds) as connection:
        first, held = commit_log_bounds(connection)
        if held <= alone_from:
            return ""
        with Connection(master, timeout_seconds) as to_master:
            # Old files are removed, and an empty slave begins with its master's last one.
            first_of_master, written = commit_log_bounds(to_master)
            at = max(alone_from, first, first_of_master)
            wanted = record_at(to_master, at)
        found = record_at(connection, at)
    if wanted is None or held <= at or (found is None and held < at + len(wanted)):
        return f"slave {slave} cannot be compared with {master} at byte {at} yet"
    if found != wanted:
        raise LogsDifferError(master, written, slave, held, at)
    return ""
