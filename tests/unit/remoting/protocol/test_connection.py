"""A peer that misbehaves causes a RemotingError in bounded time, never a hang."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

import pytest

from remoting.errors import (
    AddressError,
    MalformedAnswerError,
    RefusedError,
    RemotingError,
    TimedOutError,
    UnreachableError,
)
from remoting.protocol import connection
from remoting.protocol.connection import Connection, split_address
from tests.unit.remoting.scripted_peer import Request, ScriptedPeer, frame

TIMEOUT_SECONDS = 0.3


def ask(script, code=106):
    with ScriptedPeer(script) as peer, Connection(peer.address, TIMEOUT_SECONDS) as asked:
        return asked.ask(code, {"topic": "T"}, b"body")


def test_an_answer_comes_back_with_its_parts():
    answer = ask(lambda request: request.answer(ext={"k": 1}, body=b"hello", remark="fine"))
    assert (answer.code, answer.ext, answer.body, answer.remark) == (
        0,
        {"k": "1"},
        b"hello",
        "fine",
    )


def test_a_request_carries_code_ext_fields_and_body():
    with ScriptedPeer(Request.answer) as peer, Connection(peer.address) as asked:
        asked.ask(105, {"topic": "T"}, b"body")
        asked.ask(106)
    first, second = peer.requests
    assert (first.code, first.ext, first.body) == (105, {"topic": "T"}, b"body")
    assert (second.code, second.ext, second.body) == (106, {}, b"")
    assert first.opaque != second.opaque


def test_a_request_of_the_peer_is_skipped():
    def script(request):
        return request.answer(code=40, opaque=7, flag=0) + request.answer(body=b"mine")

    assert ask(script).body == b"mine"


def test_another_response_code_is_refused_with_its_name_and_one_line():
    with pytest.raises(
        RefusedError, match=r"GET_BROKER_HA_STATUS \(907\) with SYSTEM_ERROR \(1\): a b$"
    ):
        ask(lambda request: request.answer(code=1, remark="a\n b"), code=907)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (struct.pack(">i", 2**31 - 1), "a frame of 2147483647 bytes"),
        (struct.pack(">i", -5), "a frame of -5 bytes"),
        (struct.pack(">i", 3) + b"abc", "a frame of 3 bytes"),
        (struct.pack(">ii", 8, 100) + b"abcd", "header of 100"),
        (struct.pack(">ii", 8, (1 << 24) | 4) + b"abcd", "serialization 1"),
        (frame(b"{nonsense"), "not JSON"),
        (frame(b"\xff\xfe"), "not JSON"),
        (frame(b"[" * 200_000), "not JSON"),
        (frame(b"[]"), "without the numbers"),
        (frame(b'{"code":"0","opaque":1}'), "without the numbers"),
        (frame(b'{"code":0,"opaque":true}'), "without the numbers"),
        (frame(b'{"code":0,"opaque":1,"flag":"1"}'), "wrong type"),
        (frame(b'{"code":0,"opaque":1,"extFields":[1]}'), "wrong type"),
        (frame(b'{"code":0,"opaque":99,"flag":1}'), "opaque 99 instead of 1"),
    ],
)
def test_garbage_is_a_malformed_answer(answer, fault):
    with pytest.raises(MalformedAnswerError, match=fault):
        ask(lambda _: answer)


@pytest.mark.parametrize("partial", [None, b"\0", struct.pack(">i", 100), frame(b"{}" * 50)[:60]])
def test_silence_and_half_a_frame_time_out(partial):
    expected = r"did not answer GET_BROKER_CLUSTER_INFO \(106\) within 0\.3 s"
    with pytest.raises(TimedOutError, match=expected):
        ask(lambda _: partial)


class PacingClock:
    """Moves by 10 seconds whenever it is read, and tells a peer that it was."""

    def __init__(self):
        self.now = 0.0
        self.reads = threading.Semaphore(0)

    def monotonic(self):
        self.now += 10
        self.reads.release()
        return self.now


def test_a_peer_that_trickles_bytes_cannot_stretch_the_deadline(monkeypatch):
    clock = PacingClock()
    monkeypatch.setattr(connection, "time", clock)
    answer = frame(b'{"code":0,"opaque":1,"flag":1}')
    listener = socket.create_server(("127.0.0.1", 0))

    def trickle():
        peer, _ = listener.accept()
        # The client hangs up before the answer is complete.
        with peer, suppress(OSError):
            for byte in answer:
                clock.reads.acquire()
                peer.sendall(bytes([byte]))

    thread = threading.Thread(target=trickle, daemon=True)
    thread.start()
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    with Connection(address, timeout_seconds=100) as slow, pytest.raises(TimedOutError):
        slow.ask(106)
    # The first reading started the 100 seconds.
    assert clock.now == 110
    for _ in answer:
        clock.reads.release()
    thread.join(timeout=5)
    listener.close()


def test_a_peer_that_only_sends_requests_times_out():
    with pytest.raises(TimedOutError):
        ask(lambda request: request.answer(flag=0))


def test_a_peer_that_hangs_up_is_unreachable():
    with pytest.raises(UnreachableError, match="closed after 0 of 4 bytes"):
        ask(lambda _: b"")


def test_a_failed_connection_is_not_used_again():
    with ScriptedPeer(lambda _: None) as peer, Connection(peer.address, 0.1) as failed:
        with pytest.raises(TimedOutError):
            failed.ask(106)
        with pytest.raises(UnreachableError):
            failed.ask(106)


def test_a_closed_port_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(UnreachableError, match=f"{address} is unreachable: Connection refused"):
        Connection(address, TIMEOUT_SECONDS)


@pytest.mark.parametrize(
    "text", ["", "host", ":1", "host:", "host:0", "host:65536", "host:x", "h:²"]
)
def test_an_invalid_address_is_refused(text):
    with pytest.raises(AddressError, match="is not host:port") as refused:
        Connection(text)
    assert isinstance(refused.value, (RemotingError, ValueError))


def test_addresses_are_split_at_the_last_colon():
    assert split_address("10.0.0.11:9876") == ("10.0.0.11", 9876)
    assert split_address("[::1]:80") == ("::1", 80)
