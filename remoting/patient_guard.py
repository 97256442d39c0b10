"""Lift the drain of a master that may take messages without its slaves, and watch what follows.

In scheme 2m-2s-async, and where replication degrades, a master whose slave is gone must come up
all the same. A slave that holds more than its master stays as dangerous as ever: one that answers
is compared first, and one that comes back after the lift is compared with the end of the log at
that moment, for it cannot have received anything since.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from remoting.connection import split_address
from remoting.errors import NotYetError, RemotingError, SlaveAheadError
from remoting.guard import ACCEPT_SENDS_FROM, AHEAD, Guard, GuardState
from remoting.replication import Look, look_at

GRACE_REQUESTS = 12
"""A slave on a host that boots together with its master's gets the time of so many requests."""

NEVER = str(4102444800000)
"""The year 2100, in RocketMQ's milliseconds."""

_WATCH_SECONDS = 1.0


@dataclass
class PatientGuard(Guard):
    """Waits for slaves as long as `grace_requests` may take, from the master's first answer on."""

    grace_requests: float = GRACE_REQUESTS
    _answered_at: float | None = field(default=None, init=False)

    def _judge(self) -> GuardState:
        if self._answered_at is None:
            self._answered_at = time.monotonic()
        look = look_at(self.master, self.slaves, self.request_seconds)
        if look.silent is None:
            return self._lift(_compared(look), look.later.max_offset, min(look.reached.values()))
        grace_seconds = self.grace_requests * self.request_seconds
        if time.monotonic() - self._answered_at < grace_seconds:
            raise look.silent
        reason = f"{look.silent}, {grace_seconds:.0f} s after its master answered"
        self._lift(reason, look.later.max_offset, -1)
        return self._watch(look.later.max_offset)

    def _watch(self, end_of_log: int) -> GuardState:
        """Wait, for ever if need be, until every slave was compared once."""
        unseen = set(self.slaves)
        while True:
            time.sleep(_WATCH_SECONDS)
            try:
                look = look_at(self.master, self.slaves, self.request_seconds)
                self._refuse_ahead(look, unseen, end_of_log)
            except SlaveAheadError as error:
                self._drain(error)
                raise
            except RemotingError:
                # The master stops or starts; its unit starts another guard then.
                continue
            unseen -= look.reached.keys()
            if not unseen:
                lowest = min(look.reached.values())
                return self._lift(_compared(look), look.later.max_offset, lowest)

    def _refuse_ahead(self, look: Look, unseen: set[str], end_of_log: int) -> None:
        connected = {replica.ip for replica in look.later.connections}
        for slave in sorted(unseen & look.reached.keys()):
            # Once it is connected, what it holds may be what it was just sent.
            if split_address(slave)[0] not in connected and look.reached[slave] > end_of_log:
                raise SlaveAheadError(self.master, end_of_log, slave, look.reached[slave])

    def _drain(self, error: SlaveAheadError) -> None:
        ahead = GuardState(AHEAD, str(error), error.master_offset, error.slave_offset, self._boot)
        self._record(ahead)
        try:
            self._set({ACCEPT_SENDS_FROM: NEVER, "brokerPermission": "4"})
        except (NotYetError, RemotingError) as failure:
            self.report(f"{AHEAD}: {self.master} could not be drained: {failure}")


def _compared(look: Look) -> str:
    behind = look.earlier.max_offset - min(look.reached.values())
    return f"compared, the slave is {behind} bytes behind" if behind > 0 else "in sync"
