from __future__ import annotations

import json
import stat
import threading

import pytest

from remoting.errors import NotYetError, SlaveAheadError, StillAheadError
from remoting.polling import Check, Deadline, poll
from remoting.replication.guard import Guard, GuardState
from tests.unit.remoting.scripted_peer import SLAVE_IP, FakeBroker, ScriptedPeer


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.json"


def guard(master, slaves, state, lines=None):
    report = (lambda _: None) if lines is None else lines.append
    return Guard(master, tuple(slaves), 6, state, report, request_seconds=1.0)


def drained(offset=100, **changes):
    return FakeBroker(**{"offset": offset, "permission": 4, "acks": {SLAVE_IP: offset}, **changes})


def wait_for_state(path, wanted):
    def attempt(_):
        found = GuardState.read(path)
        if found is None or found.state != wanted:
            cause = f"{found} instead of {wanted}"
            raise NotYetError(cause)
        return found

    return poll(attempt, Check("state", str(path), "the test"), Deadline.after(10))


def test_a_slave_in_sync_lifts_the_drain_and_says_so(state):
    master, lines = drained(), []
    with ScriptedPeer(master) as peer, ScriptedPeer(FakeBroker(100), SLAVE_IP) as slave:
        guard(peer.address, [slave.address], state, lines).run()
    assert master.permission == 6
    assert lines == ["lifted: in sync"]
    content = json.loads(state.read_text())
    assert (content["state"], content["master"], content["slave"]) == ("lifted", 100, 100)
    assert stat.S_IMODE(state.stat().st_mode) == 0o644
    assert list(state.parent.iterdir()) == [state]


def test_a_master_without_slaves_is_lifted_as_soon_as_it_answers(state):
    master = drained(acks={})
    with ScriptedPeer(master) as peer:
        guard(peer.address, [], state).run()
    assert master.permission == 6


def test_a_slave_ahead_leaves_it_drained_and_the_reason_in_the_state_file(state):
    master = drained(acks={})
    with (
        ScriptedPeer(master) as peer,
        ScriptedPeer(FakeBroker(101), SLAVE_IP) as slave,
        pytest.raises(SlaveAheadError),
    ):
        guard(peer.address, [slave.address], state).run()
    assert master.permission == 4
    content = json.loads(state.read_text())
    assert (content["state"], content["master"], content["slave"]) == ("ahead", 100, 101)
    assert "the logs diverge" in content["reason"]


def test_it_waits_for_a_slave_that_is_behind(state):
    master, slave_broker = drained(acks={}), FakeBroker(50)
    with ScriptedPeer(master) as peer, ScriptedPeer(slave_broker, SLAVE_IP) as slave:
        running = threading.Thread(target=guard(peer.address, [slave.address], state).run)
        running.start()
        wait_for_state(state, "waiting")
        assert master.permission == 4
        slave_broker.offset = 100
        master.acks[SLAVE_IP] = 100
        running.join(timeout=10)
        assert not running.is_alive()
    assert master.permission == 6


def test_it_compares_again_when_a_silent_slave_first_answers(state):
    master, failures = drained(acks={}), []
    with ScriptedPeer(FakeBroker(), SLAVE_IP) as gone:
        address = gone.address
    port = int(address.rpartition(":")[2])

    def run_guard(master_address):
        try:
            guard(master_address, [address], state).run()
        except SlaveAheadError as error:
            failures.append(error)

    with ScriptedPeer(master) as peer:
        running = threading.Thread(target=run_guard, args=(peer.address,))
        running.start()
        wait_for_state(state, "waiting")
        with ScriptedPeer(FakeBroker(500), SLAVE_IP, port):
            running.join(timeout=10)
        assert not running.is_alive()
    assert [error.slave_offset for error in failures] == [500]
    assert master.permission == 4


def test_what_an_earlier_guard_found_is_kept_in_the_same_boot(state):
    GuardState("ahead", "slave was ahead", 0, 100, "boot-1").write(state)
    master = drained(boot="boot-1")
    with (
        ScriptedPeer(master) as peer,
        ScriptedPeer(FakeBroker(100), SLAVE_IP) as slave,
        pytest.raises(StillAheadError, match="slave was ahead"),
    ):
        guard(peer.address, [slave.address], state).run()
    assert master.permission == 4
    assert GuardState.read(state) == GuardState("ahead", "slave was ahead", 0, 100, "boot-1")


def test_a_new_boot_of_the_master_is_judged_anew(state):
    GuardState("ahead", "slave was ahead", 0, 100, "boot-1").write(state)
    master = drained(boot="boot-2")
    with ScriptedPeer(master) as peer, ScriptedPeer(FakeBroker(100), SLAVE_IP) as slave:
        guard(peer.address, [slave.address], state).run()
    assert master.permission == 6


def test_a_lift_without_effect_is_not_reported_as_lifted(state):
    master = drained(keeps_permission=True)
    with ScriptedPeer(master) as peer, ScriptedPeer(FakeBroker(100), SLAVE_IP) as slave:
        running = threading.Thread(target=guard(peer.address, [slave.address], state).run)
        running.start()
        waiting = wait_for_state(state, "waiting")
        assert "brokerPermission=4 where 6 was set" in waiting.reason
        master.keeps_permission = False
        running.join(timeout=10)
        assert not running.is_alive()
    assert master.permission == 6


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"state":"lifted"}', "{nonsense"])
def test_an_invalid_state_file_reads_as_none(state, text):
    state.write_text(text)
    assert GuardState.read(state) is None
    assert GuardState.read(state.with_name("missing")) is None
