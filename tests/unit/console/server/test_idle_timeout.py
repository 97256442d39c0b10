"""Whose requests do not arrive is shown out; whoever asks from time to time stays."""

from __future__ import annotations

import socket
import time

import pytest

from console.server.idle_timeout import IdleTimeoutProtocol
from tests.unit.console.serving import console_app, serving

SECONDS = 30
ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LOGIN = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
"""The first of nine bytes."""


@pytest.fixture
def address(monkeypatch, request):
    monkeypatch.setattr("console.server.idle_timeout.CHECK_SECONDS", request.param)
    with serving(console_app(), http=IdleTimeoutProtocol) as client:
        yield client.address


@pytest.mark.parametrize("address", [0.1], indirect=True)
@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", ASK, LOGIN])
def test_a_peer_that_sends_no_further_request_is_shown_out(address, sent):
    with socket.create_connection(address, SECONDS) as connection:
        connection.sendall(sent)
        received = b""
        while part := connection.recv(4096):
            received += part
    assert received.startswith(b"HTTP/1.1 200") == (sent == ASK)


@pytest.mark.parametrize("address", [1.0], indirect=True)
def test_a_peer_that_asks_again_and_again_stays(address):
    with socket.create_connection(address, SECONDS) as connection:
        for _ in range(8):
            time.sleep(0.4)
            connection.sendall(ASK)
            answer = b""
            while b'{"status":"ok"}' not in answer:
                answer += connection.recv(4096)
