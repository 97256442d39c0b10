"""What each scheme without elections guarantees, on real processes, with every send counted.

The tests run in the order in which they stand.
"""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from blueprint.rendering.processes import DRAINED
from remoting.codes import ResponseCode
from remoting.commands.main import EXIT_AHEAD, EXIT_OK
from remoting.errors import LogsDifferError, SlaveAheadError
from remoting.protocol.connection import Connection
from remoting.replication.guard import GuardState
from remoting.requests.admin import create_topic
from tests.processes.instances import make_group, running
from tests.processes.lenient_groups import (
    GRACE_SECONDS,
    Guarding,
    codes,
    end_of_log,
    in_sync,
    lenient_plan,
    ready,
    restart,
    verify,
    wait_for_state,
    wait_until,
    waits_for_its_slave,
)
from tests.processes.test_checks_on_real_processes import (
    TOPIC,
    count,
    guard_arguments,
    permission_of,
    run,
    send,
    wait_until_answering,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.processes.instances import Group

pytestmark = pytest.mark.processes

DEGRADING = {
    "minInSyncReplicas": "1",
    "enableSlaveActingMaster": "true",
    "enableAutoInSyncReplicas": "true",
}
NOTICED_SECONDS = 40
"""A broker counts as gone after 10 seconds of silence, and is looked for now and then."""


@pytest.fixture(scope="module")
def group(rocketmq: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """Start a group in which replication degrades; leave no process behind."""
    made = make_group(tmp_path_factory.mktemp("schemes"), rocketmq)
    for broker in (made.master, made.slave):
        broker.properties.update(DEGRADING)
    with running(made.instances):
        ready(made, made.master, made.slave)
        yield made


def earlier_store(group: Group) -> Path:
    """Return where a copy of the master's store lies, as a power loss would leave its log."""
    return group.master.home / "earlier"


def test_degrade_a_master_that_boots_drained_is_lifted_beside_its_slave(
    group: Group, tmp_path: Path
):
    with Connection(group.master.address) as connection:
        create_topic(connection, TOPIC)
    assert codes(group) == [ResponseCode.SYSTEM_ERROR]
    plan = lenient_plan(group, tmp_path)
    arguments = ("--broker", "broker-a", "--state", tmp_path / "state.json")
    assert run("guard", "--plan", plan, *arguments)[0] == EXIT_OK
    assert permission_of(group.master) == 6
    in_sync(group)
    for host in ("server1", "server2"):
        assert verify(plan, host)[0] == EXIT_OK


def test_degrade_waits_for_a_silent_slave_until_it_counts_as_gone(group: Group):
    wait_until("synchronous", lambda: waits_for_its_slave(group))
    in_sync(group)
    assert codes(group, 3) == [0, 0, 0]
    assert end_of_log(group.slave) == end_of_log(group.master)
    group.slave.freeze()
    try:
        assert codes(group) == [ResponseCode.FLUSH_SLAVE_TIMEOUT]
        wait_until("degraded", lambda: codes(group) == [0], NOTICED_SECONDS)
        assert codes(group, 3) == [0, 0, 0]
    finally:
        group.slave.thaw()
    in_sync(group)
    wait_until("synchronous again", lambda: waits_for_its_slave(group))


def test_degrade_continues_without_a_killed_slave_and_is_synchronous_once_it_is_back(
    group: Group, tmp_path: Path
):
    in_sync(group)
    group.slave.kill()
    wait_until("degraded", lambda: codes(group) == [0], NOTICED_SECONDS)
    assert codes(group, 3) == [0, 0, 0]
    _, rows = verify(lenient_plan(group, tmp_path), "server1", seconds=2)
    assert [check["ok"] for check in rows["broker-a"]] == [True] * 5
    assert rows["namesrv-1"][-1]["detail"].startswith("broker-a-s ")
    group.slave.start()
    ready(group, group.slave)
    in_sync(group)
    wait_until("synchronous again", lambda: waits_for_its_slave(group))
    in_sync(group)
    wait_until("indexed", lambda: count(group.slave) == count(group.master))


def test_a_master_without_its_slave_is_lifted_after_the_grace_and_compared_later(
    group: Group, tmp_path: Path
):
    for broker in (group.slave, group.master):
        broker.kill()
    shutil.copytree(group.master.store, earlier_store(group))
    group.master.start()
    wait_until_answering(group.master)
    state, started = tmp_path / "state.json", time.monotonic()
    guarding = Guarding(group, state)
    alone = wait_for_state(state, "lifted")
    assert time.monotonic() - started >= GRACE_SECONDS
    assert f"{group.slave.address} is unreachable" in alone.reason
    assert codes(group, 3) == [0, 0, 0]
    group.slave.start()
    assert guarding.end() is None
    compared = GuardState.read(state)
    assert compared is not None
    assert (compared.state, compared.alone_from) == ("lifted", -1)
    in_sync(group)
    wait_until("indexed", lambda: count(group.slave) == count(group.master))
    assert permission_of(group.master) == 6


def test_a_slave_ahead_is_never_ignored_and_drains_again_when_it_comes_back(
    group: Group, tmp_path: Path
):
    held = count(group.slave)
    for broker in (group.slave, group.master):
        broker.kill()
    shutil.rmtree(group.master.store)
    shutil.copytree(earlier_store(group), group.master.store)

    restart(group.master, group.slave)
    ahead = Guarding(group, tmp_path / "beside.json").end()
    assert isinstance(ahead, SlaveAheadError)
    assert permission_of(group.master) == 4

    group.slave.kill()
    restart(group.master)
    state = tmp_path / "alone.json"
    guarding = Guarding(group, state)
    alone = wait_for_state(state, "lifted")
    while end_of_log(group.master) <= ahead.slave_offset:
        assert codes(group, 10) == [0] * 10
    group.slave.start()
    differ = guarding.end()
    assert isinstance(differ, LogsDifferError)
    assert differ.differ_at == alone.alone_from
    assert permission_of(group.master) == 4
    assert codes(group) == [ResponseCode.SYSTEM_ERROR]
    assert count(group.slave) >= held
    # Offsets no longer show it: both logs end at the same byte.
    in_sync(group)
    GuardState("lifted", "alone", 0, -1, "an earlier boot", alone.alone_from).write(state)
    code, _, err = run(*guard_arguments(group, state))
    assert code == EXIT_AHEAD
    assert f"holds other messages than its master {group.master.address}" in err


def test_async_never_waits_for_its_slave(group: Group, tmp_path: Path):
    for broker in (group.master, group.slave):
        broker.kill()
        shutil.rmtree(broker.store)
        broker.properties.update(dict.fromkeys(list(DEGRADING)[1:], "false"))
    group.master.properties["brokerRole"] = "ASYNC_MASTER"
    restart(group.master, group.slave)
    ready(group, group.master, group.slave)
    Guarding(group, tmp_path / "state.json").end()
    with Connection(group.master.address) as connection:
        create_topic(connection, TOPIC)
    in_sync(group)
    group.slave.freeze()
    try:
        answers = send(group, 5)
    finally:
        group.slave.thaw()
    assert [answer.code for answer in answers] == [0] * 5
    plan = lenient_plan(group, tmp_path)
    for host in ("server1", "server2"):
        assert verify(plan, host)[0] == EXIT_OK
    wait_until("indexed", lambda: count(group.slave) == count(group.master) == 5)
    group.slave.kill()
    assert codes(group, 3) == [0, 0, 0]


def test_a_master_that_never_has_a_slave_takes_messages_at_once(group: Group, tmp_path: Path):
    group.slave.kill()
    for key in (line.partition("=")[0] for line in DRAINED):
        del group.master.properties[key]
    group.master.properties.update({"totalReplicas": "1", "inSyncReplicas": "1"})
    restart(group.master)
    ready(group, group.master)
    assert codes(group, 3) == [0, 0, 0]
    plan = lenient_plan(group, tmp_path)
    document = json.loads(plan.read_text())
    document["brokers"] = [{**document["brokers"][0], "guardState": None}]
    plan.write_text(json.dumps(document))
    code, rows = verify(plan, "server1")
    assert code == EXIT_OK
    assert "in-sync" not in [check["check"] for check in rows["broker-a"]]
    assert count(group.master) == 11
