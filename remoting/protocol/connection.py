"""One TCP connection to one RocketMQ process, with a timeout on every wait."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from remoting.codes import ResponseCode, describe_request
from remoting.errors import (
    AddressError,
    MalformedAnswerError,
    RefusedError,
    TimedOutError,
    UnreachableError,
)
from remoting.protocol.frames import Frame, FrameError, decode_frame, decode_length, encode_request

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from typing_extensions import Self

REQUEST_TIMEOUT_SECONDS = 5.0
_LENGTH_BYTES = 4
_CHUNK_BYTES = 1 << 16
_HIGHEST_PORT = 65535


def split_address(address: str) -> tuple[str, int]:
    """Split `host:port`; an IPv6 host may be in brackets.

    Raises:
        AddressError: the text is something else.

    """
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) <= _HIGHEST_PORT:
        raise AddressError(address)
    return host.strip("[]"), int(port)


class Connection:
    """A connection that is open once constructed, and closed by its first failure."""

    def __init__(self, address: str, timeout_seconds: float = REQUEST_TIMEOUT_SECONDS) -> None:
        """Connect.

        Raises:
            AddressError: `address` is not `host:port`.
            TimedOutError: no connection within `timeout_seconds`.
            UnreachableError: the connection was refused or impossible.

        """
        self.address = address
        self._timeout_seconds = timeout_seconds
        self.requests = 0
        try:
            self._socket = socket.create_connection(split_address(address), timeout_seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except socket.timeout as error:
            raise TimedOutError(address, "accept a connection", timeout_seconds) from error
        except (OSError, UnicodeError) as error:
            raise UnreachableError(address, _reason(error)) from error

    def __enter__(self) -> Self:
        """Return the open connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connection; closing twice is fine."""
        self._socket.close()

    def ask(
        self,
        code: int,
        ext: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        accepted: Collection[int] | None = (ResponseCode.SUCCESS,),
    ) -> Frame:
        """Send one request and return its answer; `accepted=None` takes any response code.

        Raises:
            RefusedError: the response code is not among `accepted`.
            TimedOutError, UnreachableError, MalformedAnswerError: there is no usable answer.

        """
        try:
            answer = self._exchange(code, ext or {}, body)
        except socket.timeout as error:
            self.close()
            action = f"answer {describe_request(code)}"
            raise TimedOutError(self.address, action, self._timeout_seconds) from error
        except FrameError as error:
            self.close()
            raise MalformedAnswerError(self.address, str(error)) from error
        except OSError as error:
            self.close()
            raise UnreachableError(self.address, _reason(error)) from error
        if accepted is not None and answer.code not in accepted:
            raise RefusedError(self.address, code, answer.code, answer.remark)
        return answer

    def _exchange(self, code: int, ext: Mapping[str, str], body: bytes) -> Frame:
        deadline = time.monotonic() + self._timeout_seconds
        self.requests += 1
        opaque = self.requests
        self._socket.settimeout(self._timeout_seconds)
        self._socket.sendall(encode_request(code, opaque, ext, body))
        while True:
            answer = self._receive(deadline)
            # A broker may send requests of its own; they are not for us.
            if not answer.is_response:
                continue
            if answer.opaque != opaque:
                fault = f"opaque {answer.opaque} instead of {opaque}"
                raise FrameError(fault)
            return answer

    def _receive(self, deadline: float) -> Frame:
        total = decode_length(self._receive_exactly(_LENGTH_BYTES, deadline))
        return decode_frame(self._receive_exactly(total, deadline))

    def _receive_exactly(self, count: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < count:
            # The deadline covers the whole answer: a peer that trickles bytes cannot extend it.
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise socket.timeout
            self._socket.settimeout(remaining)
            chunk = self._socket.recv(min(count - len(received), _CHUNK_BYTES))
            if not chunk:
                cause = f"closed after {len(received)} of {count} bytes"
                raise ConnectionResetError(cause)
            received += chunk
        return bytes(received)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
