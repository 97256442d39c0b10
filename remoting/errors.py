"""Everything that can go wrong while talking to a RocketMQ process.

RemotingError
├── AddressError          text that is not `host:port` (also a ValueError)
├── UnreachableError      no TCP connection, or the peer closed it
├── TimedOutError         no complete answer in time
├── MalformedAnswerError  bytes that are not an answer to the request
├── RefusedError          an answer with an unexpected response code
├── NotYetError           a state other than the wanted one, which may still come
├── NotStoredError        a send that was not acknowledged by every planned replica
├── StillAheadError       an earlier guard found a slave ahead since its master booted
├── CheckFailedError      a check that timed out, or that waiting cannot fix
├── SlaveAheadError       a slave holds more than its master: the two logs diverge
│   └── LogsDifferError   a slave holds other messages than its master
└── PlanError             a plan file that cannot be used (also a ValueError)
"""

from __future__ import annotations

from typing import ClassVar

from remoting.codes import ResponseCode, describe_request, describe_response

_REMARK_CHARACTERS = 300


class RemotingError(Exception):
    """Base of every error that this package raises on purpose."""


class AddressError(RemotingError, ValueError):
    """A text that is not `host:port`."""

    def __init__(self, text: str) -> None:
        super().__init__(f"address {text!r} is not host:port with a port from 1 to 65535")


class UnreachableError(RemotingError):
    """An address that refused, dropped or never took a connection."""

    def __init__(self, address: str, cause: str) -> None:
        super().__init__(f"{address} is unreachable: {cause}")
        self.cause = cause


class TimedOutError(RemotingError):
    """An address that did not answer in time."""

    def __init__(self, address: str, action: str, seconds: float) -> None:
        super().__init__(f"{address} did not {action} within {seconds:.1f} s")
        self.seconds = seconds


class MalformedAnswerError(RemotingError):
    """An address that does not speak the remoting protocol."""

    def __init__(self, address: str, fault: str) -> None:
        super().__init__(f"{address} sent a malformed answer: {fault}")


class RefusedError(RemotingError):
    """A request that was answered with an unexpected response code."""

    def __init__(self, address: str, request: int, code: int, remark: str) -> None:
        asked, answered = describe_request(request), describe_response(code)
        super().__init__(f"{address} answered {asked} with {answered}{_one_line(remark)}")


class NotYetError(RemotingError):
    """A state that is not the wanted one yet."""


class NotStoredError(RemotingError):
    """A send that was not fully acknowledged, and where its message is."""

    MEANINGS: ClassVar[dict[int, str]] = {
        ResponseCode.FLUSH_DISK_TIMEOUT: "stored in the master's memory, not on its disk",
        ResponseCode.SLAVE_NOT_AVAILABLE: "stored on the master, no slave connected",
        ResponseCode.FLUSH_SLAVE_TIMEOUT: "stored on the master, not replicated",
    }

    def __init__(self, address: str, code: int, remark: str) -> None:
        answered = f"{describe_response(code)} ({self.MEANINGS.get(code, 'not stored')})"
        super().__init__(f"{address} answered the send with {answered}{_one_line(remark)}")


class CheckFailedError(RemotingError):
    """A failed check: its subject, the last cause, and where to look."""

    def __init__(self, check: str, subject: str, cause: str, look_at: str) -> None:
        super().__init__(f"{check} failed for {subject}: {cause}; look at {look_at}")
        self.cause = cause


class SlaveAheadError(RemotingError):
    """A slave that holds more than its master; offsets in bytes."""

    def __init__(self, master: str, master_offset: int, slave: str, slave_offset: int) -> None:
        super().__init__(
            f"slave {slave} is ahead of its master {master} "
            f"({slave_offset} > {master_offset} bytes): the logs diverge; "
            "do not write to this group; see docs/operations.md"
        )
        self.master_offset = master_offset
        self.slave_offset = slave_offset


class LogsDifferError(SlaveAheadError):
    """A slave that holds other messages than its master, and from which byte on."""

    def __init__(
        self, master: str, master_offset: int, slave: str, slave_offset: int, differ_at: int
    ) -> None:
        super().__init__(master, master_offset, slave, slave_offset)
        message = (
            f"slave {slave} holds other messages than its master {master} from byte {differ_at} "
            "on, where the master continued alone: the logs diverge; "
            "do not write to this group; see docs/operations.md"
        )
        self.args = (message,)
        self.differ_at = differ_at


class StillAheadError(RemotingError):
    """Why an earlier guard of the same master process left it drained."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} (found since the master booted; fix the stores, then restart it)"
        )


class PlanError(RemotingError, ValueError):
    """A key of a plan with an unusable value, and what is allowed."""

    def __init__(self, key: str, value: object, allowed: str) -> None:
        super().__init__(f"plan key {key} is {value!r}; allowed: {allowed}")


def _one_line(remark: str) -> str:
    return f": {' '.join(remark.split())[:_REMARK_CHARACTERS]}" if remark else ""
