"""Everything that can go wrong while talking to a RocketMQ process.

RemotingError
├── AddressError          text that is not `host:port` (also a ValueError)
├── UnreachableError      no TCP connection, or the peer closed it
├── TimedOutError         no complete answer in time
├── MalformedAnswerError  bytes that are not an answer to the request
├── RefusedError          an answer with an unexpected response code
├── NotYetError           an answer that shows a state other than the wanted one
├── NotStoredError        a send that was not acknowledged by every planned replica
├── StillAheadError       an earlier guard found a slave ahead in this boot of its master
├── CheckFailedError      a check whose time ran out, or that waiting cannot mend
├── SlaveAheadError       a slave holds more than its master: the two logs diverge
└── PlanError             a plan file that cannot be used (also a ValueError)
"""

from __future__ import annotations

from typing import ClassVar

from remoting.codes import ResponseCode, describe_request, describe_response

_REMARK_CHARACTERS = 300


class RemotingError(Exception):
    """Root of every error that this package raises on purpose."""


class AddressError(RemotingError, ValueError):
    """Say which text is not an address."""

    def __init__(self, text: str) -> None:
        super().__init__(f"address {text!r} is not host:port with a port from 1 to 65535")
        self.text = text


class UnreachableError(RemotingError):
    """Say which address refused, dropped or never took a connection."""

    def __init__(self, address: str, cause: str) -> None:
        super().__init__(f"{address} is unreachable: {cause}")
        self.address = address
        self.cause = cause


class TimedOutError(RemotingError):
    """Say which address did not answer in time."""

    def __init__(self, address: str, action: str, seconds: float) -> None:
        super().__init__(f"{address} did not {action} within {seconds:.1f} s")
        self.address = address
        self.action = action
        self.seconds = seconds


class MalformedAnswerError(RemotingError):
    """Say which address does not speak the remoting protocol, and how that showed."""

    def __init__(self, address: str, fault: str) -> None:
        super().__init__(f"{address} sent a malformed answer: {fault}")
        self.address = address
        self.fault = fault


class RefusedError(RemotingError):
    """Say which request was answered with which response code."""

    def __init__(self, address: str, request: int, code: int, remark: str) -> None:
        asked, answered = describe_request(request), describe_response(code)
        super().__init__(f"{address} answered {asked} with {answered}{_one_line(remark)}")
        self.address = address
        self.request = request
        self.code = code
        self.remark = remark


class NotYetError(RemotingError):
    """Say what is still to come."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class NotStoredError(RemotingError):
    """Say how a send was answered and what that means for the message."""

    MEANINGS: ClassVar[dict[int, str]] = {
        ResponseCode.FLUSH_DISK_TIMEOUT: "stored in the master's memory, not on its disk",
        ResponseCode.SLAVE_NOT_AVAILABLE: "stored on the master, no slave connected",
        ResponseCode.FLUSH_SLAVE_TIMEOUT: "stored on the master, not replicated",
    }

    def __init__(self, address: str, code: int, remark: str) -> None:
        answered = f"{describe_response(code)} ({self.MEANINGS.get(code, 'not stored')})"
        super().__init__(f"{address} answered the send with {answered}{_one_line(remark)}")
        self.address = address
        self.code = code
        self.remark = remark


class CheckFailedError(RemotingError):
    """Say which check failed on what, the last cause, and what to look at."""

    def __init__(self, check: str, subject: str, cause: str, look_at: str) -> None:
        super().__init__(f"{check} failed for {subject}: {cause}; look at {look_at}")
        self.check = check
        self.subject = subject
        self.cause = cause
        self.look_at = look_at


class SlaveAheadError(RemotingError):
    """Say which slave holds how much more than its master (offsets in bytes)."""

    def __init__(self, master: str, master_offset: int, slave: str, slave_offset: int) -> None:
        super().__init__(
            f"slave {slave} is ahead of its master {master} "
            f"({slave_offset} > {master_offset} bytes): the logs diverge, "
            "nothing must be written; see docs/operations.md"
        )
        self.master = master
        self.master_offset = master_offset
        self.slave = slave
        self.slave_offset = slave_offset


class LogsDifferError(SlaveAheadError):
    """Say from which byte on a slave holds other messages than its master."""

    def __init__(
        self, master: str, master_offset: int, slave: str, slave_offset: int, differ_at: int
    ) -> None:
        super().__init__(master, master_offset, slave, slave_offset)
        message = (
            f"slave {slave} holds other messages than its master {master} from byte {differ_at} "
            "on, where the master went on alone: the logs diverge, "
            "nothing must be written; see docs/operations.md"
        )
        self.args = (message,)
        self.differ_at = differ_at


class StillAheadError(RemotingError):
    """Repeat why an earlier guard of the same master process left it drained."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} (seen before in this boot of the master; mend, then restart it)"
        )
        self.reason = reason


class PlanError(RemotingError, ValueError):
    """Say which key of a plan has which unusable value, and what is allowed."""

    def __init__(self, key: str, value: object, allowed: str) -> None:
        super().__init__(f"plan key {key} is {value!r}; allowed: {allowed}")
        self.key = key
        self.value = value
        self.allowed = allowed


def _one_line(remark: str) -> str:
    return f": {' '.join(remark.split())[:_REMARK_CHARACTERS]}" if remark else ""
