from __future__ import annotations

import threading

import pytest

from remoting.errors import SlaveAheadError
from remoting.guard import GuardState
from remoting.patient_guard import NEVER, PatientGuard
from tests.unit.remoting.scripted_peer import FakeBroker, ScriptedPeer
from tests.unit.remoting.test_guard import drained, wait_for_state

SLAVE_IP = "127.0.0.3"


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.json"


@pytest.fixture
def absent():
    """The address of a slave that is gone, and comes back on the same port."""
    with ScriptedPeer(FakeBroker(), SLAVE_IP) as gone:
        address = gone.address
    return address, int(address.rpartition(":")[2])


def guard(master, slaves, state, grace=0.3):
    return PatientGuard(
        master,
        tuple(slaves),
        6,
        state,
        lambda _: None,
        request_seconds=1.0,
        grace_requests=grace,
    )


class Watching:
    """A guard at work in a thread, and the error that ended it."""

    def __init__(self, watched):
        self.error = None
        self._thread = threading.Thread(target=self._run, args=(watched,), daemon=True)
        self._thread.start()

    def _run(self, watched):
        try:
            watched.run()
        except SlaveAheadError as error:
            self.error = error

    def end(self):
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()
        return self.error


def test_a_slave_in_sync_lifts_the_drain_at_once(state):
    master = drained()
    with ScriptedPeer(master) as peer, ScriptedPeer(FakeBroker(100), SLAVE_IP) as slave:
        found = guard(peer.address, [slave.address], state, grace=3600).run()
    assert (found.state, found.reason, master.permission) == ("lifted", "in sync", 6)


def test_a_slave_that_is_merely_behind_lifts_it_too(state):
    master = drained(acks={SLAVE_IP: 40})
    with ScriptedPeer(master) as peer, ScriptedPeer(FakeBroker(40), SLAVE_IP) as slave:
        found = guard(peer.address, [slave.address], state, grace=3600).run()
    assert (found.state, found.master, found.slave, master.permission) == ("lifted", 100, 40, 6)
    assert found.reason == "compared, the slave is 60 bytes behind"


def test_a_slave_ahead_leaves_it_drained(state):
    master = drained(acks={})
    with (
        ScriptedPeer(master) as peer,
        ScriptedPeer(FakeBroker(101), SLAVE_IP) as slave,
        pytest.raises(SlaveAheadError),
    ):
        guard(peer.address, [slave.address], state, grace=0.0).run()
    assert master.permission == 4
    assert GuardState.read(state).state == "ahead"


def test_within_the_grace_an_absent_slave_is_waited_for(state, absent):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        watching = Watching(guard(peer.address, [address], state, grace=3600))
        wait_for_state(state, "waiting")
        assert master.permission == 4
        with ScriptedPeer(FakeBroker(100), SLAVE_IP, port):
            assert watching.end() is None
    assert master.permission == 6


def test_after_the_grace_the_master_goes_on_alone_and_says_why(state, absent):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        watching = Watching(guard(peer.address, [address], state))
        alone = wait_for_state(state, "lifted")
        assert (alone.master, alone.slave, master.permission) == (100, -1, 6)
        assert f"{address} is unreachable" in alone.reason
        master.offset = 500
        with ScriptedPeer(FakeBroker(100), SLAVE_IP, port):
            assert watching.end() is None
    assert GuardState.read(state).slave == 100
    assert master.permission == 6


@pytest.mark.parametrize("written_since", [0, 900], ids=["nothing written", "overtaken since"])
def test_a_slave_that_comes_back_with_more_than_was_there_at_the_lift_drains_it_again(
    state, absent, written_since
):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        watching = Watching(guard(peer.address, [address], state))
        wait_for_state(state, "lifted")
        master.offset += written_since
        with ScriptedPeer(FakeBroker(150), SLAVE_IP, port):
            error = watching.end()
    assert (error.master_offset, error.slave_offset) == (100, 150)
    assert (master.permission, master.accepts_sends_from) == (4, NEVER)
    assert GuardState.read(state).state == "ahead"


def test_a_slave_that_is_connected_already_may_hold_what_it_was_sent(state, absent):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        watching = Watching(guard(peer.address, [address], state))
        wait_for_state(state, "lifted")
        master.offset = 500
        master.acks[SLAVE_IP] = 150
        with ScriptedPeer(FakeBroker(150), SLAVE_IP, port):
            assert watching.end() is None
    assert master.permission == 6
