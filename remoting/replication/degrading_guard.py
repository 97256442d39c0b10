"""Lift the drain of a master that may take messages without its slaves, and watch what follows.

In scheme 2m-2s-async, and where replication degrades, a master whose slave is gone must come up
all the same. A slave that holds more than its master stays as dangerous as ever: one that answers
is compared first, and one that comes back after the lift is compared at the byte from which the
master went on alone. That byte is kept on record until all slaves were compared, over starts of
the guard and of its master.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from remoting.errors import NotYetError, RemotingError, SlaveAheadError, StillAheadError
from remoting.replication.guard import ACCEPT_SENDS_FROM, AHEAD, LIFTED, WAITING, Guard, GuardState
from remoting.replication.log_comparison import require_same_log
from remoting.replication.offsets import Look, look_at

GRACE_REQUESTS = 12
"""A slave on a host that boots together with its master's gets the time of so many requests."""

NEVER = str(4102444800000)
"""The year 2100, in RocketMQ's milliseconds."""

DRAINED = {"brokerPermission": "4", ACCEPT_SENDS_FROM: NEVER}
"""What a master boots with: it may be read, and refuses every send."""


@dataclass
class DegradingGuard(Guard):
    """Waits for slaves as long as `grace_requests` may take, from the master's first answer on."""

    grace_requests: float = GRACE_REQUESTS
    watch_seconds: float = 1.0
    """Between two looks at a master that went on alone, or that refuses to be drained."""
    _answered_at: float | None = field(default=None, init=False)

    def _attempt(self) -> GuardState:
        try:
            return super()._attempt()
        except SlaveAheadError as error:
            self._record_ahead(error)
            self._drain()
            raise
        except StillAheadError:
            # An earlier guard may have been ended before it had drained the master.
            self._drain()
            raise

    def _judge(self) -> GuardState:
        if self._answered_at is None:
            self._answered_at = time.monotonic()
        look = look_at(self.master, self.slaves, self.request_seconds)
        if look.silent is None:
            return self._lift_compared(look)
        grace_seconds = 0.0 if self._is_alone_already() else self._grace_seconds
        if time.monotonic() - self._answered_at < grace_seconds:
            raise look.silent
        if not look.later.is_master:
            cause = f"{self.master} does not act as a master"
            raise NotYetError(cause)
        end = look.later.max_offset
        if self._alone_from >= 0:
            self._refuse_others(look)
        # Shorter than before, it is another log.
        self._alone_from = end if self._alone_from < 0 else min(self._alone_from, end)
        reason = f"{look.silent}, {self._grace_seconds:.0f} s after its master answered"
        # On record before the first message can be written.
        self._record(GuardState(WAITING, reason, end, -1, self._boot, self._alone_from))
        self._lift(reason, end, -1)
        return self._watch()

    @property
    def _grace_seconds(self) -> float:
        return self.grace_requests * self.request_seconds

    def _is_alone_already(self) -> bool:
        # Started again beside a master that takes messages: the record must go on saying so.
        before = self._remembered
        if before is None or before.master_boot != self._boot:
            return False
        return before.state == LIFTED and before.alone_from >= 0

    def _lift_compared(self, look: Look) -> GuardState:
        if self._alone_from >= 0:
            require_same_log(self.master, self.slaves, self._alone_from, self.request_seconds)
        self._alone_from = -1
        lowest = min(look.reached.values(), default=-1)
        return self._lift(_compared(look, lowest), look.later.max_offset, lowest)

    def _watch(self) -> GuardState:
        """Wait, for ever if need be, until all slaves were compared.

        Raises:
            NotYetError: the master was started again, so it has to be judged again.
            SlaveAheadError: a slave came back ahead; the master is drained again.

        """
        while True:
            time.sleep(self.watch_seconds)
            try:
                booted_again = self._boot_now() != self._boot
                if not booted_again:
                    look = look_at(self.master, self.slaves, self.request_seconds)
                    self._refuse_others(look)
                    if look.silent is None:
                        return self._lift_compared(look)
            except SlaveAheadError:
                raise
            except RemotingError:
                continue
            if booted_again:
                self._answered_at = None
                cause = f"{self.master} was started again"
                raise NotYetError(cause)

    def _refuse_others(self, look: Look) -> None:
        # One slave that came back is judged at once, also while another one stays away.
        came_back = [slave for slave in self.slaves if slave in look.reached]
        require_same_log(self.master, came_back, self._alone_from, self.request_seconds)

    def _drain(self) -> None:
        """Drain the master, however often that has to be asked for, unless it boots drained."""
        told = ""
        while failure := self._failure_to_drain():
            if not told:
                told = f"{AHEAD}: {self.master} could not be drained yet: {failure}"
                self.report(told)
            time.sleep(self.watch_seconds)

    def _failure_to_drain(self) -> str:
        try:
            if self._boot_now() == self._boot:
                self._set(DRAINED)
        except RemotingError as error:
            return str(error)
        return ""


def _compared(look: Look, lowest: int) -> str:
    behind = look.earlier.max_offset - lowest
    return f"compared, the slave is {behind} bytes behind" if behind > 0 else "in sync"
