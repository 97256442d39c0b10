"""Lift the drain of a master that may take messages without its slaves, and keep watching it.

In scheme 2m-2s-async, and with `replication: degrade`, a master whose slave is gone must come up
all the same. A slave that holds more than its master is no less dangerous there: one that answers
is compared first, and one that comes back after the lift is compared at the byte from which the
master continued alone. That byte is recorded until all slaves have been compared, across restarts
of the guard and of its master.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from remoting.errors import NotYetError, RemotingError, SlaveAheadError, StillAheadError
from remoting.replication.guard import ACCEPT_SENDS_FROM, AHEAD, LIFTED, WAITING, Guard, GuardState
from remoting.replication.log_comparison import require_same_log
from remoting.replication.offsets import ReplicationStatus, replication_status

GRACE_REQUESTS = 12
"""How many request timeouts a slave gets whose host boots together with its master's."""

NEVER = str(4102444800000)
"""The year 2100, in RocketMQ's milliseconds."""

DRAINED = {"brokerPermission": "4", ACCEPT_SENDS_FROM: NEVER}
"""What a master boots with: it may be read, and refuses every send."""


@dataclass
class DegradingGuard(Guard):
    """Waits `grace_requests` request timeouts for slaves, from the master's first answer on."""

    grace_requests: float = GRACE_REQUESTS
    watch_seconds: float = 1.0
    """Between two polls of a master that continued alone, or that cannot be drained yet."""
    _answered_at: float | None = field(default=None, init=False)

    def _attempt(self) -> GuardState:
        try:
            return super()._attempt()
        except SlaveAheadError as error:
            self._record_ahead(error)
            self._drain()
            raise
        except StillAheadError:
            # An earlier guard may have ended before it had drained the master.
            self._drain()
            raise

    def _judge(self) -> GuardState:
        if self._answered_at is None:
            self._answered_at = time.monotonic()
        status = replication_status(self.master, self.slaves, self.request_seconds)
        if status.silent is None:
            return self._lift_compared(status)
        grace_seconds = 0.0 if self._is_alone_already() else self._grace_seconds
        if time.monotonic() - self._answered_at < grace_seconds:
            raise status.silent
        if not status.later.is_master:
            cause = f"{self.master} does not act as a master"
            raise NotYetError(cause)
        end = status.later.max_offset
        if self._alone_from >= 0:
            self._refuse_others(status)
        # A log that ends earlier than before is another log.
        self._alone_from = end if self._alone_from < 0 else min(self._alone_from, end)
        reason = f"{status.silent}, {self._grace_seconds:.0f} s after its master answered"
        # On record before the first message can be written.
        self._record(GuardState(WAITING, reason, end, -1, self._boot, self._alone_from))
        self._lift(reason, end, -1)
        return self._watch()

    @property
    def _grace_seconds(self) -> float:
        return self.grace_requests * self.request_seconds

    def _is_alone_already(self) -> bool:
        # The guard was restarted while its master takes messages: the record must stay.
        before = self._remembered
        if before is None or before.master_boot != self._boot:
            return False
        return before.state == LIFTED and before.alone_from >= 0

    def _lift_compared(self, status: ReplicationStatus) -> GuardState:
        if self._alone_from >= 0:
            require_same_log(self.master, self.slaves, self._alone_from, self.request_seconds)
        self._alone_from = -1
        lowest = min(status.reached.values(), default=-1)
        return self._lift(_compared(status, lowest), status.later.max_offset, lowest)

    def _watch(self) -> GuardState:
        """Wait without limit until all slaves have been compared.

        Raises:
            NotYetError: the master was restarted, so it must be judged again.
            SlaveAheadError: a slave came back ahead; the master is drained again.

        """
        while True:
            time.sleep(self.watch_seconds)
            try:
                booted_again = self._boot_now() != self._boot
                if not booted_again:
                    status = replication_status(self.master, self.slaves, self.request_seconds)
                    self._refuse_others(status)
                    if status.silent is None:
                        return self._lift_compared(status)
            except SlaveAheadError:
                raise
            except RemotingError:
                continue
            if booted_again:
                self._answered_at = None
                cause = f"{self.master} was restarted"
                raise NotYetError(cause)

    def _refuse_others(self, status: ReplicationStatus) -> None:
        # A slave that came back is judged at once, even while another stays away.
        came_back = [slave for slave in self.slaves if slave in status.reached]
        require_same_log(self.master, came_back, self._alone_from, self.request_seconds)

    def _drain(self) -> None:
        """Drain the master, with retries, unless it has restarted and so is drained."""
        reported = False
        while failure := self._failure_to_drain():
            if not reported:
                self.report(f"{AHEAD}: {self.master} could not be drained yet: {failure}")
                reported = True
            time.sleep(self.watch_seconds)

    def _failure_to_drain(self) -> str:
        try:
            if self._boot_now() == self._boot:
                self._set(DRAINED)
        except RemotingError as error:
            return str(error)
        return ""


def _compared(status: ReplicationStatus, lowest: int) -> str:
    behind = status.earlier.max_offset - lowest
    return f"compared, the slave is {behind} bytes behind" if behind > 0 else "in sync"
