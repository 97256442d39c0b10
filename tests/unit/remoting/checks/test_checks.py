from __future__ import annotations

import struct
from contextlib import suppress

import pytest

from remoting.checks.brokers import check_in_sync
from remoting.checks.messages import check_send_and_read
from remoting.checks.name_servers import check_name_server_ready
from remoting.checks.registration import BrokerIdentity, Nudger, check_broker_registered
from remoting.errors import CheckFailedError, NotYetError, SlaveAheadError
from remoting.polling import Check, Deadline, poll
from tests.unit.remoting.scripted_peer import (
    SLAVE_IP,
    FakeBroker,
    Following,
    ScriptedPeer,
    WrittenTo,
    listed_broker,
)


def identity(address, cluster="DefaultCluster"):
    return BrokerIdentity(cluster, "broker-a", 0, address)


def name_server(addresses, cluster="DefaultCluster"):
    return FakeBroker(listed={"broker-a": listed_broker(addresses, cluster)} if addresses else {})


def test_a_name_server_that_answers_is_ready():
    with ScriptedPeer(name_server({0: "10.0.0.1:10911"})) as peer:
        assert check_name_server_ready(peer.address, Deadline.after(1)) == "answers"


def test_a_failed_check_names_itself_the_address_the_cause_and_what_to_look_at(clock):
    expected = r"^name-server-ready failed for 127\.0\.0\.1:1: .*refused; look at .*namesrv\.log"
    with pytest.raises(CheckFailedError, match=expected) as failed:
        check_name_server_ready("127.0.0.1:1", Deadline.after(0.3))
    assert "\n" not in str(failed.value)
    assert clock.now == pytest.approx(0.3)


def test_a_broker_is_registered_once_every_name_server_lists_it():
    broker = identity("10.0.0.1:10911")
    with (
        ScriptedPeer(name_server({0: broker.address})) as first,
        ScriptedPeer(name_server({})) as second,
    ):
        check_broker_registered([first.address], broker, Deadline.after(1), nudge=False)
        expected = f"name server {second.address} does not list it"
        with pytest.raises(CheckFailedError, match=expected):
            check_broker_registered(
                [first.address, second.address], broker, Deadline.after(0.2), nudge=False
            )


@pytest.mark.parametrize(
    ("server", "cause"),
    [
        (name_server({0: "10.0.0.2:10911"}), r"lists it at 10\.0\.0\.2:10911"),
        (name_server({0: "10.0.0.1:10911"}, "Foreign"), "lists it in cluster Foreign"),
        (name_server({1: "10.0.0.1:10911"}), "does not list it"),
    ],
)
def test_a_broker_not_listed_as_planned_is_not_registered(server, cause):
    broker = identity("10.0.0.1:10911")
    with ScriptedPeer(server) as peer, pytest.raises(CheckFailedError, match=cause):
        check_broker_registered([peer.address], broker, Deadline.after(0.2), nudge=False)


def test_a_nudge_makes_it_register_and_leaves_its_permission_alone():
    server, broker = name_server({}), FakeBroker(permission=4)
    with ScriptedPeer(server) as server_peer:

        def registering(request):
            if request.code == 25:
                server.listed = {"broker-a": listed_broker({0: peer.address})}
            return broker(request)

        with ScriptedPeer(registering) as peer:
            wanted, deadline = identity(peer.address), Deadline.after(5)
            found = check_broker_registered([server_peer.address], wanted, deadline, nudge=True)
            assert found == "on 1 name servers"
            assert [request.body for request in peer.requests] == [b"brokerPermission=\n"]
    assert (broker.nudges, broker.permission) == (1, 4)


@pytest.mark.usefixtures("clock")
def test_nudges_come_about_once_a_second_and_only_while_it_is_not_listed():
    broker = FakeBroker()
    with ScriptedPeer(broker) as peer, ScriptedPeer(name_server({})) as server:
        with pytest.raises(CheckFailedError):
            check_broker_registered(
                [server.address], identity(peer.address), Deadline.after(1.3), nudge=True
            )
        assert broker.nudges == 2
    with ScriptedPeer(broker) as peer, ScriptedPeer(name_server({0: peer.address})) as server:
        check_broker_registered(
            [server.address], identity(peer.address), Deadline.after(1), nudge=True
        )
    assert broker.nudges == 2


def test_a_broker_that_cannot_be_nudged_is_named_in_the_cause():
    broker = identity("127.0.0.1:1")
    expected = r"does not list it, and 127\.0\.0\.1:1 is unreachable"
    with ScriptedPeer(name_server({})) as server, pytest.raises(CheckFailedError, match=expected):
        check_broker_registered([server.address], broker, Deadline.after(0.2), nudge=True)


def test_a_slave_ahead_ends_the_wait_at_once(clock):
    master = FakeBroker(offset=10)
    with (
        ScriptedPeer(master) as peer,
        ScriptedPeer(FakeBroker(11), SLAVE_IP) as slave,
        pytest.raises(SlaveAheadError),
    ):
        check_in_sync(peer.address, [slave.address], Deadline.after(30))
    assert clock.sleeps == []


@pytest.mark.parametrize("may_lag", [True, False])
def test_a_slave_that_is_always_a_little_behind_suffices_where_it_may_lag(may_lag):
    master = WrittenTo(offset=1000)
    with ScriptedPeer(master) as peer, ScriptedPeer(Following(master), SLAVE_IP) as slave:
        checked = (peer.address, [slave.address], Deadline.after(1.0))
        if may_lag:
            assert check_in_sync(*checked, may_lag=True).master > 1000
        else:
            with pytest.raises(CheckFailedError, match="bytes behind"):
                check_in_sync(*checked)


def record(queue_offset: int, body: bytes) -> bytes:
    rest = bytes(8 * 4 + 12) + struct.pack(">i", len(body)) + body
    rest += b"\x01T" + struct.pack(">h", 0)
    head = struct.pack(">Iiiiqqi", 0xDAA320A7, 0, 0, 0, queue_offset, 0, 0)
    return struct.pack(">i", 4 + len(head) + len(rest)) + head + rest


class Store:
    """Keeps what is sent, as one queue of one topic."""

    def __init__(self, *send_codes: int, has_topic: bool = True, damage: bytes = b""):
        self.send_codes, self.has_topic, self.damage = list(send_codes), has_topic, damage
        self.bodies: list[bytes] = []

    def __call__(self, request):
        if request.code == 351:
            config = b'{"readQueueNums":1,"writeQueueNums":1,"perm":6}'
            return request.answer(body=config) if self.has_topic else request.answer(code=17)
        if request.code == 17:
            self.has_topic = True
            return request.answer()
        if request.code == 310:
            self.bodies.append(request.body + self.damage)
            code = self.send_codes.pop(0) if self.send_codes else 0
            ext = {"queueId": "0", "queueOffset": str(len(self.bodies) - 1)}
            return request.answer(code=code, ext=ext if code in (0, 12) else {})
        offset = int(request.ext["queueOffset"])
        return request.answer(body=record(offset, self.bodies[offset]))


def send_and_read(store, seconds=2.0):
    with ScriptedPeer(store) as peer:
        return check_send_and_read(peer.address, "broker-a", Deadline.after(seconds))


def test_a_missing_topic_is_created_before_a_message_is_sent_and_read_back():
    store = Store(has_topic=False)
    sent = send_and_read(store)
    assert store.has_topic
    assert (sent.status, len(store.bodies)) == ("SEND_OK", 1)


def test_a_message_that_was_not_replicated_fails_at_once_and_says_where_it_is():
    store = Store(12)
    expected = r"FLUSH_SLAVE_TIMEOUT \(12\) \(stored on the master, not replicated\)"
    with pytest.raises(CheckFailedError, match=expected):
        send_and_read(store, seconds=30)
    assert len(store.bodies) == 1


def test_a_busy_broker_is_asked_again():
    store = Store(2, 14)
    sent = send_and_read(store)
    assert (sent.code, sent.queue_offset) == (0, 2)


def test_a_body_that_differs_from_the_one_sent_fails():
    with pytest.raises(CheckFailedError, match="offset 0 holds a different body"):
        send_and_read(Store(damage=b"!"))


def test_a_broker_that_is_slow_to_register_is_not_nudged_again_meanwhile(clock):
    unlisted = NotYetError("it is not listed")
    with ScriptedPeer(lambda _: None) as broker:
        nudger = Nudger(broker.address)
        for later, nudges in ((0.0, 1), (0.1, 1), (0.2, 2)):
            clock.now = later
            with suppress(NotYetError):
                nudger.nudge(0.15, unlisted)
            assert len(broker.requests) == nudges


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("whole", "one"),
    # Even the last attempt gives a busy host the time to answer.
    [(1800, 60), (180, 6), (60, 5), (3, 3), (0.2, 1)],
)
def test_a_request_may_take_longer_where_the_whole_may_take_very_long(whole, one):
    assert Deadline.after(whole).request_seconds == pytest.approx(one)


def test_the_pause_between_two_attempts_is_as_long_as_an_attempt(clock):
    def attempt(_):
        clock.now += 0.4
        raise NotYetError("not yet")

    with pytest.raises(CheckFailedError):
        poll(attempt, Check("any", "it", "nothing"), Deadline.after(1.0))
    assert clock.sleeps == [pytest.approx(0.4)]
