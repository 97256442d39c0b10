from __future__ import annotations

import threading

import pytest

from remoting.errors import NotYetError, SlaveAheadError, StillAheadError
from remoting.polling import Check, Deadline, poll
from remoting.replication.degrading_guard import NEVER, DegradingGuard
from remoting.replication.guard import Guard, GuardState
from tests.unit.remoting.replication.test_guard import drained, wait_for_state
from tests.unit.remoting.scripted_peer import SLAVE_IP, FakeBroker, ScriptedPeer


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.json"


@pytest.fixture
def absent():
    """The address of an absent slave, which comes back on the same port."""
    with ScriptedPeer(FakeBroker(), SLAVE_IP) as gone:
        address = gone.address
    return address, int(address.rpartition(":")[2])


def guard(master, slaves, state, grace=0.3):
    return DegradingGuard(
        master,
        tuple(slaves),
        6,
        state,
        lambda _: None,
        request_seconds=1.0,
        grace_requests=grace,
        watch_seconds=0.05,
    )


def wait_until(is_so):
    def attempt(_):
        if not is_so():
            cause = "it is not so yet"
            raise NotYetError(cause)

    poll(attempt, Check("wait", "condition", "the test"), Deadline.after(10))


def poll_until_reason_names(path, address):
    wait_until(lambda: address in GuardState.read(path).reason)


class RunningGuard:
    """A guard that runs in a thread, and the error that ended it."""

    def __init__(self, tested):
        self.error = None
        self._thread = threading.Thread(target=self._run, args=(tested,), daemon=True)
        self._thread.start()

    def _run(self, tested):
        try:
            tested.run()
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
        running = RunningGuard(guard(peer.address, [address], state, grace=3600))
        wait_for_state(state, "waiting")
        assert master.permission == 4
        with ScriptedPeer(FakeBroker(100), SLAVE_IP, port):
            assert running.end() is None
    assert master.permission == 6


def test_after_the_grace_the_master_continues_alone_and_says_why(state, absent):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        running = RunningGuard(guard(peer.address, [address], state))
        alone = wait_for_state(state, "lifted")
        assert (alone.master, alone.slave, master.permission) == (100, -1, 6)
        assert alone.alone_from == 100
        assert f"{address} is unreachable" in alone.reason
        master.offset = 500
        with ScriptedPeer(FakeBroker(100), SLAVE_IP, port):
            assert running.end() is None
    compared = GuardState.read(state)
    assert (compared.slave, compared.alone_from, master.permission) == (100, -1, 6)


def test_a_slave_ahead_of_a_log_to_which_nothing_was_added_drains_it_again(state, absent):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        running = RunningGuard(guard(peer.address, [address], state))
        wait_for_state(state, "lifted")
        with ScriptedPeer(FakeBroker(150), SLAVE_IP, port):
            error = running.end()
    assert (error.master_offset, error.slave_offset) == (100, 150)
    assert (master.permission, master.accepts_sends_from) == (4, NEVER)
    assert GuardState.read(state).state == "ahead"


@pytest.mark.parametrize("connected", [False, True])
def test_a_slave_that_holds_other_messages_drains_it_though_its_offset_is_lower(
    state, absent, connected
):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        running = RunningGuard(guard(peer.address, [address], state))
        wait_for_state(state, "lifted")
        master.offset, master.records = 900, {100: b"written alone"}
        master.acks = {SLAVE_IP: 150} if connected else {}
        with ScriptedPeer(FakeBroker(150, records={100: b"lost"}), SLAVE_IP, port):
            error = running.end()
    assert "holds other messages" in str(error)
    assert "from byte 100 on" in str(error)
    assert (master.permission, master.accepts_sends_from) == (4, NEVER)
    assert (GuardState.read(state).state, GuardState.read(state).alone_from) == ("ahead", 100)


def test_a_slave_that_was_sent_the_same_messages_ends_the_watch(state, absent):
    address, port = absent
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        running = RunningGuard(guard(peer.address, [address], state))
        wait_for_state(state, "lifted")
        master.offset, master.records = 500, {100: b"written alone"}
        master.acks = {SLAVE_IP: 150}
        with ScriptedPeer(FakeBroker(150, records={100: b"written alone"}), SLAVE_IP, port):
            assert running.end() is None
    assert (master.permission, GuardState.read(state).alone_from) == (6, -1)


def test_a_restarted_guard_still_knows_where_its_master_continued_alone(state, absent):
    address, port = absent
    GuardState("lifted", "alone", 100, -1, "boot-1", alone_from=100).write(state)
    master = FakeBroker(500, boot="boot-1", records={100: b"written alone"})
    with ScriptedPeer(master) as peer:
        running = RunningGuard(guard(peer.address, [address], state, grace=3600))
        poll_until_reason_names(state, address)
        assert (GuardState.read(state).state, GuardState.read(state).alone_from) == ("lifted", 100)
        with ScriptedPeer(FakeBroker(150, records={100: b"lost"}), SLAVE_IP, port):
            assert "holds other messages" in str(running.end())
    assert master.permission == 4


@pytest.mark.parametrize("kind", [Guard, DegradingGuard])
def test_a_new_boot_of_the_master_forgets_nothing_that_is_still_to_be_compared(state, kind):
    GuardState("ahead", "slave was ahead", 100, 150, "boot-1", alone_from=100).write(state)
    master = drained(500, boot="boot-2", records={100: b"written alone"})
    slave_broker = FakeBroker(500, records={100: b"lost"})
    with ScriptedPeer(master) as peer, ScriptedPeer(slave_broker, SLAVE_IP) as slave:
        running = RunningGuard(
            kind(peer.address, (slave.address,), 6, state, lambda _: None, request_seconds=1.0)
        )
        assert "holds other messages" in str(running.end())
    assert master.permission == 4


def test_a_store_that_was_emptied_for_repair_is_compared_afresh(state, absent):
    address, _ = absent
    GuardState("ahead", "slave was ahead", 100, 150, "boot-1", alone_from=100).write(state)
    master = drained(40, boot="boot-2", acks={})
    with ScriptedPeer(master) as peer:
        RunningGuard(guard(peer.address, [address], state))
        lifted = wait_for_state(state, "lifted")
    assert lifted.alone_from == 40


def test_files_that_the_master_removed_meanwhile_do_not_stop_the_comparison(state):
    GuardState("lifted", "alone", 100, -1, "boot-1", alone_from=100).write(state)
    master = FakeBroker(900, boot="boot-1", first=300, records={300: b"one", 600: b"two"})
    slave_broker = FakeBroker(900, first=600, records={600: b"two"})
    with ScriptedPeer(master) as peer, ScriptedPeer(slave_broker, SLAVE_IP) as slave:
        assert RunningGuard(guard(peer.address, [slave.address], state)).end() is None
    assert (GuardState.read(state).state, GuardState.read(state).alone_from) == ("lifted", -1)


def test_a_record_that_is_still_on_its_way_is_waited_for(state):
    GuardState("lifted", "alone", 100, -1, "boot-1", alone_from=100).write(state)
    master = FakeBroker(900, boot="boot-1", records={100: b"x" * 50})
    slave_broker = FakeBroker(120)
    with ScriptedPeer(master) as peer, ScriptedPeer(slave_broker, SLAVE_IP) as slave:
        running = RunningGuard(guard(peer.address, [slave.address], state))
        waiting = wait_for_state(state, "waiting")
        assert "cannot be compared" in waiting.reason
        slave_broker.offset, slave_broker.records = 900, {100: b"x" * 50}
        assert running.end() is None
    assert master.permission == 6


def test_a_master_that_an_ended_guard_left_undrained_is_drained_by_the_next(state):
    GuardState("ahead", "slave was ahead", 100, 150, "boot-1", alone_from=100).write(state)
    master = FakeBroker(500, boot="boot-1")
    with ScriptedPeer(master) as peer, pytest.raises(StillAheadError):
        guard(peer.address, [peer.address], state).run()
    assert (master.permission, master.accepts_sends_from) == (4, NEVER)


def test_a_drain_without_effect_is_retried(state, absent):
    address, port = absent
    master, lines = drained(acks={}), []
    with ScriptedPeer(master) as peer:
        tested = guard(peer.address, [address], state)
        tested.report = lines.append
        running = RunningGuard(tested)
        wait_for_state(state, "lifted")
        master.keeps_permission = True
        with ScriptedPeer(FakeBroker(150), SLAVE_IP, port):
            wait_for_state(state, "ahead")
            wait_until(lambda: any("could not be drained yet" in line for line in lines))
            master.keeps_permission = False
            running.end()
    assert master.permission == 4


def test_a_master_that_boots_again_while_it_is_watched_is_judged_again(state, absent):
    address, _ = absent
    master = drained(acks={}, boot="boot-1")
    with ScriptedPeer(master) as peer:
        RunningGuard(guard(peer.address, [address], state))
        wait_for_state(state, "lifted")
        master.permission, master.offset, master.boot = 4, 300, "boot-2"
        wait_until(lambda: master.permission == 6)
        again = wait_for_state(state, "lifted")
    assert (again.master_boot, again.master, again.alone_from) == ("boot-2", 300, 100)
