"""Connections without a complete request are closed; those that send requests stay open."""

from __future__ import annotations

import queue
import socket
import threading

import pytest

from console.server.idle_timeout import IdleTimeoutProtocol
from tests.unit.console.serving import console_app, serving

SECONDS = 30
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LOGIN = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
"""With the first of nine bytes."""


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """Read up to `end`, or fail when the peer closes the connection or sends nothing."""
    received = b""
    while end not in received:
        part = connection.recv(4096)
        assert part, f"closed after {received!r}"
        received += part
    return received


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", REQUEST, LOGIN])
def test_a_connection_without_a_further_request_is_closed(monkeypatch, sent):
    monkeypatch.setattr("console.server.idle_timeout.CHECK_SECONDS", 0.1)
    with (
        serving(console_app(), http=IdleTimeoutProtocol) as client,
        socket.create_connection(client.address, SECONDS) as connection,
    ):
        connection.sendall(sent)
        received = b""
        while part := connection.recv(4096):
            received += part
    assert received.startswith(b"HTTP/1.1 200") == (sent == REQUEST)


def test_a_connection_with_a_request_between_checks_stays_open(monkeypatch):
    # The test runs the checks itself, so no timer decides.
    monkeypatch.setattr("console.server.idle_timeout.CHECK_SECONDS", 1e6)
    protocols: queue.Queue[IdleTimeoutProtocol] = queue.Queue()

    class RecordedProtocol(IdleTimeoutProtocol):
        def connection_made(self, transport):
            super().connection_made(transport)
            protocols.put(self)

    def check(protocol: IdleTimeoutProtocol) -> None:
        done = threading.Event()
        protocol.loop.call_soon_threadsafe(lambda: (protocol.check(), done.set()))
        assert done.wait(SECONDS)

    with (
        serving(console_app(), http=RecordedProtocol) as client,
        socket.create_connection(client.address, SECONDS) as connection,
    ):
        protocol = protocols.get(timeout=SECONDS)
        for _ in range(5):
            connection.sendall(REQUEST)
            read_until(connection, b'{"status":"ok"}')
            check(protocol)
        check(protocol)
        with pytest.raises(AssertionError, match="closed after b''"):
            read_until(connection, b"anything")
