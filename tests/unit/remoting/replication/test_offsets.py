from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress

import pytest

from remoting.errors import NotYetError, SlaveAheadError, UnreachableError
from remoting.replication.offsets import compare_offsets
from tests.unit.remoting.scripted_peer import SLAVE_IP, FakeBroker, ScriptedPeer

OTHER_SLAVE_IP = "127.0.0.4"


@contextmanager
def serving(master: FakeBroker, *slaves: FakeBroker):
    with ExitStack() as stack:
        peers = [stack.enter_context(ScriptedPeer(master))]
        for ip, slave in zip((SLAVE_IP, OTHER_SLAVE_IP), slaves, strict=False):
            peers.append(stack.enter_context(ScriptedPeer(slave, ip)))
        yield peers[0].address, [peer.address for peer in peers[1:]]


def compare(master: FakeBroker, *slaves: FakeBroker):
    with serving(master, *slaves) as (address, slave_addresses):
        return compare_offsets(address, slave_addresses, 1.0)


def test_equal_offsets_and_a_connection_from_the_slave_are_in_sync():
    offsets = compare(FakeBroker(offset=100, acks={SLAVE_IP: 100}), FakeBroker(offset=100))
    assert (offsets.master, offsets.slaves) == (100, (100,))


@pytest.mark.parametrize(
    ("acks", "slave_offset", "cause"),
    [
        ({}, 100, "0 of 1 slaves on 127.0.0.3 are connected"),
        ({"127.0.0.9": 100}, 100, "0 of 1 slaves on 127.0.0.3 are connected"),
        ({SLAVE_IP: 99}, 100, "slave on 127.0.0.3 is 1 bytes behind"),
        ({SLAVE_IP: 100}, 40, "is 60 bytes behind"),
    ],
)
def test_a_slave_that_is_not_connected_or_behind_is_not_in_sync_yet(acks, slave_offset, cause):
    with pytest.raises(NotYetError, match=cause):
        compare(FakeBroker(offset=100, acks=acks), FakeBroker(offset=slave_offset))


@pytest.mark.parametrize(("acked", "slave_offset"), [(101, 0), (0, 101), (100, 101)])
def test_a_slave_that_holds_more_is_ahead_by_its_own_or_its_masters_answer(acked, slave_offset):
    master = FakeBroker(offset=100, acks={SLAVE_IP: acked})
    with pytest.raises(SlaveAheadError, match=r"\(101 > 100 bytes\): the logs diverge"):
        compare(master, FakeBroker(offset=slave_offset))


def test_an_unplanned_slave_that_acknowledged_more_is_ahead_too():
    master = FakeBroker(offset=100, acks={SLAVE_IP: 100, "127.0.0.9": 500})
    with pytest.raises(SlaveAheadError, match=r"slave 127\.0\.0\.9 is ahead"):
        compare(master, FakeBroker(offset=100))


def test_a_slave_ahead_is_reported_even_if_another_is_silent():
    master = FakeBroker(offset=100)
    ahead = FakeBroker(offset=101)
    with serving(master, ahead) as (address, (slave,)), pytest.raises(SlaveAheadError):
        compare_offsets(address, ["127.0.0.4:1", slave], 1.0)


def test_a_silent_slave_is_an_error_that_may_pass():
    master = FakeBroker(offset=100, acks={OTHER_SLAVE_IP: 100})
    with serving(master) as (address, _), pytest.raises(UnreachableError):
        compare_offsets(address, [f"{OTHER_SLAVE_IP}:1"], 1.0)


def test_every_slave_of_a_group_must_be_in_sync():
    slaves = FakeBroker(offset=100), FakeBroker(offset=90)
    master = FakeBroker(offset=100, acks={SLAVE_IP: 100, OTHER_SLAVE_IP: 90})
    with pytest.raises(NotYetError, match=r"127\.0\.0\.4 is 10 bytes behind"):
        compare(master, *slaves)


def test_a_healthy_slave_under_load_is_never_reported_ahead():
    master, slave = FakeBroker(offset=0, acks={SLAVE_IP: 0}), FakeBroker()

    def growing_master(request):
        # The acknowledged offset is newer than the master's own in the same answer.
        if request.code == 907:
            master.acks[SLAVE_IP] = slave.offset = master.offset + 50
            answer = master(request)
            master.offset += 100
            return answer
        return master(request)

    with ScriptedPeer(growing_master) as peer, ScriptedPeer(slave, SLAVE_IP) as slave_peer:
        for _ in range(20):
            # Behind is a valid answer here; a slave ahead would fail the test.
            with suppress(NotYetError):
                compare_offsets(peer.address, [slave_peer.address], 1.0)
    assert master.offset == 4000


def test_a_slave_asked_as_a_master_is_refused():
    with pytest.raises(NotYetError, match="does not act as a master"):
        compare(FakeBroker(is_master=False), FakeBroker())


@pytest.mark.parametrize(("held_before", "is_enough"), [(60, True), (61, False)])
def test_a_slave_that_may_lag_needs_what_its_master_held_before(held_before, is_enough):
    master, slave = FakeBroker(offset=100, acks={SLAVE_IP: 60}), FakeBroker(offset=60)
    with serving(master, slave) as (address, slaves):
        if is_enough:
            assert compare_offsets(address, slaves, 1.0, held_before).slaves == (60,)
        else:
            with pytest.raises(NotYetError, match="is 1 bytes behind"):
                compare_offsets(address, slaves, 1.0, held_before)
