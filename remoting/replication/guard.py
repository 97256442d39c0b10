"""Lift the drain of a freshly booted master once its slaves are in sync, and never before.

A master boots drained. The guard compares it with its slaves before the first write. If a slave
holds more, the master stays drained, because the two logs would diverge for good.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remoting.errors import (
    AddressError,
    NotYetError,
    RemotingError,
    SlaveAheadError,
    StillAheadError,
)
from remoting.polling import LONGEST_PAUSE_SECONDS
from remoting.protocol.connection import REQUEST_TIMEOUT_SECONDS, Connection
from remoting.replication.log_comparison import require_same_log
from remoting.replication.offsets import Offsets, compare_offsets
from remoting.requests.admin import (
    broker_config,
    commit_log_max_offset,
    runtime_info,
    update_broker_config,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_PAUSE_SECONDS = 0.3
_LONGEST_PAUSE_SECONDS = 2.0
_PAUSE_GROWTH = 1.3
_READABLE_BY_ALL = 0o644
_NUMBER = re.compile(r"\d+")
ACCEPT_SENDS_FROM = "startAcceptSendRequestTimeStamp"
"""A drained route does not stop producers that still know the old one; this time stamp does."""

WAITING, LIFTED, AHEAD = "waiting", "lifted", "ahead"


@dataclass(frozen=True)
class GuardState:
    """What a guard last decided; offsets in bytes, -1 while unknown."""

    state: str
    reason: str
    master: int = -1
    slave: int = -1
    master_boot: str = ""
    alone_from: int = -1
    """Where the log ended when its master continued without a slave that is yet to be compared."""

    def is_ahead_in(self, master_boot: str) -> bool:
        """Return whether a slave was ahead since this boot of the master."""
        return self.state == AHEAD and self.master_boot == master_boot

    def write(self, path: Path) -> None:
        """Replace `path` atomically, readable by all users."""
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        content = {
            "state": self.state,
            "reason": self.reason,
            "master": self.master,
            "slave": self.slave,
            "masterBoot": self.master_boot,
            "aloneFrom": self.alone_from,
            "at": at,
        }
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)
            os.fchmod(file.fileno(), _READABLE_BY_ALL)
        Path(temporary).replace(path)

    @classmethod
    def read(cls, path: Path) -> GuardState | None:
        """Return what `path` holds; None if it is missing or not a guard's state."""
        try:
            content: Any = json.loads(path.read_text())
            return cls(
                str(content["state"]),
                str(content["reason"]),
                int(content["master"]),
                int(content["slave"]),
                str(content.get("masterBoot", "")),
                int(content.get("aloneFrom", -1)),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


@dataclass
class Guard:
    """Watches one master and its slaves; `report` gets one line per change of state."""

    master: str
    slaves: tuple[str, ...]
    permission: int
    state_path: Path
    report: Callable[[str], None]
    request_seconds: float = REQUEST_TIMEOUT_SECONDS
    _boot: str = field(default="", init=False)
    _written: GuardState | None = field(default=None, init=False)
    _reported: str = field(default="", init=False)
    _remembered: GuardState | None = field(default=None, init=False)
    _alone_from: int = field(default=-1, init=False)

    def run(self) -> GuardState:
        """Wait without limit until the drain is lifted.

        Raises:
            SlaveAheadError, StillAheadError: the master stays drained; the state file says why.

        """
        self._remembered = GuardState.read(self.state_path)
        self._alone_from = self._remembered.alone_from if self._remembered else -1
        pause = _FIRST_PAUSE_SECONDS
        while True:
            started = time.monotonic()
            try:
                return self._attempt()
            except SlaveAheadError as error:
                self._record_ahead(error)
                raise
            except (AddressError, StillAheadError):
                raise
            except NotYetError as error:
                self._wait(error)
                pause = _FIRST_PAUSE_SECONDS
            except RemotingError as error:
                self._wait(error)
                pause = min(_LONGEST_PAUSE_SECONDS, pause * _PAUSE_GROWTH)
            # A master that answers slowly is busy booting.
            took = min(time.monotonic() - started, LONGEST_PAUSE_SECONDS)
            time.sleep(max(pause, took))

    def _wait(self, error: RemotingError) -> None:
        # Until the master is known to have booted again, an earlier guard's finding is kept.
        if not self._boot and self._remembered and self._remembered.state == AHEAD:
            return
        self._record(
            GuardState(WAITING, str(error), master_boot=self._boot, alone_from=self._alone_from)
        )

    def _attempt(self) -> GuardState:
        self._boot = self._boot_now()
        if self._remembered and self._remembered.is_ahead_in(self._boot):
            raise StillAheadError(self._remembered.reason)
        return self._judge()

    def _boot_now(self) -> str:
        with Connection(self.master, self.request_seconds) as connection:
            return runtime_info(connection).get("bootTimestamp", "")

    def _judge(self) -> GuardState:
        offsets = self._offsets()
        if self._alone_from >= 0:
            # An earlier scheme let the master continue alone; offsets no longer show a difference.
            require_same_log(self.master, self.slaves, self._alone_from, self.request_seconds)
            self._alone_from = -1
        return self._lift("in sync", offsets.master, min(offsets.slaves, default=-1))

    def _offsets(self) -> Offsets:
        if self.slaves:
            return compare_offsets(self.master, self.slaves, self.request_seconds)
        with Connection(self.master, self.request_seconds) as connection:
            return Offsets(commit_log_max_offset(connection), ())

    def _lift(self, reason: str, master: int, slave: int) -> GuardState:
        self._set({ACCEPT_SENDS_FROM: "0", "brokerPermission": str(self.permission)})
        lifted = GuardState(LIFTED, reason, master, slave, self._boot, self._alone_from)
        self._record(lifted)
        return lifted

    def _set(self, wanted: dict[str, str]) -> None:
        with Connection(self.master, self.request_seconds) as connection:
            update_broker_config(connection, wanted)
            config = broker_config(connection)
        for key, value in wanted.items():
            if config.get(key) != value:
                cause = f"{self.master} reports {key}={config.get(key)} where {value} was set"
                raise NotYetError(cause)

    def _record_ahead(self, error: SlaveAheadError) -> None:
        offsets = error.master_offset, error.slave_offset
        self._record(GuardState(AHEAD, str(error), *offsets, self._boot, self._alone_from))

    def _record(self, state: GuardState) -> None:
        if state != self._written:
            state.write(self.state_path)
            self._written = state
        kind = _NUMBER.sub("#", f"{state.state}: {state.reason}")
        if kind != self._reported:
            self._reported = kind
            self.report(f"{state.state}: {state.reason}")
