from __future__ import annotations

import struct

import pytest

from remoting.errors import MalformedAnswerError, RefusedError
from remoting.protocol.connection import Connection
from remoting.requests.messages import parse_records, pull_messages, read_topic, send_message
from tests.unit.remoting.scripted_peer import ScriptedPeer

PROPERTIES = "UNIQ_KEY\x010A\x02WAIT\x01true\x02"


def record(queue_offset=0, body=b"hello", *, magic=0xDAA320A7, flags=0, hosts=16):
    """Encode a record as the broker does; `hosts` is the size of both host fields together."""
    rest = bytes(16 + hosts + 12) + struct.pack(">i", len(body)) + body
    topic_length = b"\0\x01" if magic == 0xDAA320AB else b"\x01"
    rest += topic_length + b"T" + struct.pack(">h", len(PROPERTIES)) + PROPERTIES.encode()
    head = struct.pack(">Iiiiqqi", magic, 0, 3, 0, queue_offset, 777, flags)
    return struct.pack(">i", 4 + len(head) + len(rest)) + head + rest


def test_records_are_read_one_after_another():
    first, second = parse_records(record(5) + record(6, b""))
    assert (first.queue_id, first.queue_offset, first.physical_offset) == (3, 5, 777)
    assert (first.body, first.unique_key) == (b"hello", "0A")
    assert (second.queue_offset, second.body) == (6, b"")


@pytest.mark.parametrize(
    "variant",
    [
        {"magic": 0xDAA320AB},
        {"flags": 1 << 4, "hosts": 28},
        {"flags": 1 << 5, "hosts": 28},
        {"flags": 3 << 4, "hosts": 40},
    ],
)
def test_both_record_versions_and_both_host_sizes_are_read(variant):
    (message,) = parse_records(record(**variant))
    assert (message.body, message.unique_key) == (b"hello", "0A")


@pytest.mark.parametrize(
    "body",
    [
        b"\0",
        record()[:-1],
        struct.pack(">i", -1) + bytes(80),
        struct.pack(">i", 8) + bytes(4),
        record(magic=0x12345678),
        record()[:-4] + b"\xff\xff\xff\xff" + record(),
        struct.pack(">i", 60) + struct.pack(">I", 0xDAA320A7) + bytes(52),
    ],
)
def test_a_body_that_is_not_records_is_a_malformed_answer(body):
    with (
        ScriptedPeer(lambda request: request.answer(body=body)) as peer,
        Connection(peer.address, 1) as connection,
        pytest.raises(MalformedAnswerError),
    ):
        pull_messages(connection, "T", 0, 0)


@pytest.mark.parametrize("code", [19, 20, 21])
def test_an_empty_pull_is_no_message(code):
    with (
        ScriptedPeer(lambda request: request.answer(code=code)) as peer,
        Connection(peer.address, 1) as connection,
    ):
        assert pull_messages(connection, "T", 0, 0) == ()


def test_a_send_names_its_broker_waits_for_replication_and_returns_any_code():
    with (
        ScriptedPeer(lambda request: request.answer(code=12, remark="slow")) as peer,
        Connection(peer.address, 1) as connection,
    ):
        sent = send_message(connection, "broker-a", "T", b"body")
    (request,) = peer.requests
    assert (request.code, request.body) == (310, b"body")
    assert (request.ext["b"], request.ext["n"]) == ("T", "broker-a")
    assert "WAIT\x01true\x02" in request.ext["i"]
    assert sent.message_id in request.ext["i"]
    assert (sent.code, sent.status, sent.is_replicated) == (12, "FLUSH_SLAVE_TIMEOUT", False)


def serve_topic(offsets, pages):
    """Serve a topic of one queue: its bounds, then one page of records per pull."""

    def script(request):
        if request.code == 351:
            return request.answer(body=b'{"readQueueNums":1,"writeQueueNums":1,"perm":6}')
        if request.code in (30, 31):
            return request.answer(ext={"offset": str(offsets[31 - request.code])})
        offset = int(request.ext["queueOffset"])
        if offset not in pages:
            return request.answer(code=19)
        return request.answer(body=b"".join(record(number) for number in pages[offset]))

    return script


def read_all(script):
    with ScriptedPeer(script) as peer, Connection(peer.address, 1) as connection:
        return [message.queue_offset for message in read_topic(connection, "T")]


def test_a_topic_is_read_from_its_first_to_its_last_message():
    assert read_all(serve_topic((2, 6), {2: [2, 3], 4: [4, 5]})) == [2, 3, 4, 5]


def test_a_topic_that_ends_early_is_an_error():
    with pytest.raises(MalformedAnswerError, match="ends at 4 instead of 6"):
        read_all(serve_topic((2, 6), {2: [2, 3]}))


def test_a_missing_topic_is_refused():
    with pytest.raises(RefusedError, match=r"TOPIC_NOT_EXIST \(17\)"):
        read_all(lambda request: request.answer(code=17))
