"""The checks against real RocketMQ processes; the tests run in file order."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from remoting.checks.brokers import check_in_sync
from remoting.checks.messages import check_send_and_read, ensure_topic
from remoting.checks.name_servers import check_name_server_ready
from remoting.checks.registration import BrokerIdentity, check_broker_registered
from remoting.codes import ResponseCode
from remoting.commands.main import EXIT_AHEAD, EXIT_FAILED, EXIT_OK, main
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.requests.admin import (
    broker_config,
    cluster_info,
    create_topic,
    ha_status,
    update_broker_config,
)
from remoting.requests.messages import read_topic, send_message
from tests.processes.instances import UNKNOWN_KEY
from tests.support.counting import count_messages

if TYPE_CHECKING:
    from pathlib import Path

    from remoting.requests.messages import Sent
    from tests.processes.instances import Group, Instance

pytestmark = pytest.mark.processes
START_SECONDS = 60
TOPIC = "fault-test"


def run(*arguments: object) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of one command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def identity(instance: Instance) -> BrokerIdentity:
    broker_id = int(instance.properties["brokerId"])
    return BrokerIdentity("DefaultCluster", "broker-a", broker_id, instance.address)


def permission_of(instance: Instance) -> int:
    with Connection(instance.address) as connection:
        return int(broker_config(connection)["brokerPermission"])


def wait_until_answering(instance: Instance) -> int:
    check = Check("answers", instance.address, str(instance.output))
    return poll(lambda _: permission_of(instance), check, Deadline.after(START_SECONDS))


def send(group: Group, count: int = 1) -> list[Sent]:
    ensure_topic(group.master.address, TOPIC, 3.0)
    sent = []
    for _ in range(count):
        with Connection(group.master.address, timeout_seconds=3.0) as connection:
            sent.append(send_message(connection, "broker-a", TOPIC, b"m" * 64))
    return sent


def count(instance: Instance) -> int:
    with Connection(instance.address) as connection:
        return count_messages(connection, TOPIC, queues=1)


def guard_arguments(group: Group, state: Path) -> tuple[object, ...]:
    plan = write_plan(group, state.parent, state)
    return ("guard", "--plan", plan, "--broker", "broker-a", "--state", state)


def write_plan(group: Group, folder: Path, guard_state: Path) -> Path:
    def process(instance: Instance, name: str, host: str) -> dict[str, Any]:
        files = {"unit": f"{name}.service", "log": str(instance.output)}
        return {"name": name, "host": host, "address": instance.address, **files}

    def broker(instance: Instance, name: str, host: str) -> dict[str, Any]:
        broker_id = int(instance.properties["brokerId"])
        keys = {
            "group": "broker-a",
            "id": broker_id,
            "permission": 6,
            "configFile": str(instance.home / "process.properties"),
        }
        role = {"role": instance.properties["brokerRole"]}
        state = {"guardState": None if broker_id else str(guard_state), "slaveRequired": True}
        return {**process(instance, name, host), **keys, **role, **state}

    first, second = group.name_servers
    plan = {
        "cluster": "DefaultCluster",
        "election": "none",
        "hosts": ["server1", "server2"],
        "controllers": [],
        "proxies": [],
        "metrics": [],
        "nameServers": [
            process(first, "namesrv-1", "server1"),
            process(second, "namesrv-2", "server2"),
        ],
        "brokers": [
            broker(group.master, "broker-a", "server1"),
            broker(group.slave, "broker-a-s", "server2"),
        ],
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    return path


def verify(plan: Path, host: str, timeout: float = 10.0) -> tuple[int, str, str]:
    return run("verify", "--plan", plan, "--host", host, "--timeout", timeout, "--no-units")


def ready(plan: Path, process: str, *further: str) -> tuple[int, str, str]:
    words = ("--process", process, "--timeout", START_SECONDS, "--no-units", *further)
    return run("ready", "--plan", plan, *words)


def test_a_nudge_registers_brokers_at_once_and_never_lifts_a_drain(group: Group):
    for server in group.name_servers:
        check_name_server_ready(server.address, Deadline.after(START_SECONDS))
    for instance in (group.master, group.slave):
        wait_until_answering(instance)
    for instance in (group.master, group.slave):
        deadline = Deadline.after(5)
        servers = group.name_server_addresses
        check_broker_registered(servers, identity(instance), deadline, nudge=True)
    assert permission_of(group.master) == 4
    assert permission_of(group.slave) == 6


def test_a_restarted_name_server_lists_brokers_after_a_nudge(group: Group):
    forgetful = group.name_servers[1]
    forgetful.kill()
    forgetful.start()
    check_name_server_ready(forgetful.address, Deadline.after(START_SECONDS))
    with Connection(forgetful.address) as connection:
        assert cluster_info(connection) == {}
    for instance in (group.master, group.slave):
        # Left alone, brokers register every 30 seconds.
        deadline = Deadline.after(10)
        servers = group.name_server_addresses
        check_broker_registered(servers, identity(instance), deadline, nudge=True)
    assert permission_of(group.master) == 4


def test_a_key_that_no_broker_knows_is_reported_as_in_the_file_so_it_fails_no_check(group: Group):
    for instance in (group.master, group.slave):
        with Connection(instance.address) as connection:
            assert broker_config(connection)[UNKNOWN_KEY] == instance.properties[UNKNOWN_KEY]


def test_an_empty_permission_registers_and_changes_nothing(group: Group):
    with Connection(group.master.address) as connection:
        update_broker_config(connection, {"brokerPermission": ""})
    assert permission_of(group.master) == 4
    written = (group.master.home / "process.properties").read_text().splitlines()
    assert "brokerPermission=4" in written


def test_a_drained_master_refuses_even_producers_that_know_its_address(group: Group):
    with Connection(group.master.address) as connection:
        create_topic(connection, TOPIC)
    (refused,) = send(group)
    assert refused.code == ResponseCode.SYSTEM_ERROR
    assert count(group.master) == 0


def test_the_guard_lifts_the_drain_once_the_slave_is_in_sync(group: Group, tmp_path: Path):
    check_in_sync(group.master.address, [group.slave.address], Deadline.after(30))
    state = tmp_path / "state.json"
    code, out, err = run(*guard_arguments(group, state))
    assert (code, json.loads(out)["state"]) == (EXIT_OK, "lifted")
    assert "lifted: in sync" in err
    assert json.loads(state.read_text())["state"] == "lifted"
    assert permission_of(group.master) == 6


@pytest.mark.parametrize(("host", "processes"), [("server1", 2), ("server2", 2)])
def test_a_healthy_group_is_verified(group: Group, tmp_path: Path, host: str, processes: int):
    plan = write_plan(group, tmp_path, tmp_path / "state.json")
    code, out, err = verify(plan, host)
    assert (code, err) == (EXIT_OK, "")
    assert out.splitlines()[-1].startswith(f"verified {host} at ")
    assert out.splitlines()[-1].endswith(f" s: {processes} processes")


@pytest.mark.parametrize("process", ["namesrv-1", "broker-a", "broker-a-s"])
def test_every_process_of_a_healthy_group_is_ready_also_after_its_restart(
    group: Group, tmp_path: Path, process: str
):
    plan = write_plan(group, tmp_path, tmp_path / "state.json")
    for further in ((), ("--restarted",)):
        code, out, err = ready(plan, process, *further)
        assert (code, err) == (EXIT_OK, "")
        is_compared = process == "broker-a-s" or (process == "broker-a" and further != ())
        assert ("in-sync" in json.loads(out)["checks"]) == is_compared


def test_a_message_is_sent_and_read_back(group: Group):
    sent = check_send_and_read(group.master.address, "broker-a", Deadline.after(5))
    assert sent.is_replicated


def test_an_unplanned_broker_fails_verification_by_name(group: Group, tmp_path: Path):
    plan = write_plan(group, tmp_path, tmp_path / "state.json")
    document = json.loads(plan.read_text())
    document["brokers"] = document["brokers"][:1]
    plan.write_text(json.dumps(document))
    code, _, err = verify(plan, "server2", timeout=0.3)
    assert code == EXIT_FAILED
    assert f"broker-a id 1 at {group.slave.address} is not planned" in err


def test_a_frozen_slave_makes_sends_time_out_and_a_thawed_one_makes_them_succeed(group: Group):
    assert [answer.status for answer in send(group, 3)] == ["SEND_OK"] * 3
    group.slave.freeze()
    try:
        (answer,) = send(group)
    finally:
        group.slave.thaw()
    assert (answer.code, answer.status) == (12, "FLUSH_SLAVE_TIMEOUT")
    check_in_sync(group.master.address, [group.slave.address], Deadline.after(30))
    assert [answer.status for answer in send(group, 2)] == ["SEND_OK"] * 2
    # The message that was not replicated in time is stored nevertheless.
    assert (count(group.master), count(group.slave)) == (6, 6)
    with Connection(group.master.address) as connection:
        assert len({message.unique_key for message in read_topic(connection, TOPIC)}) == 6


def test_a_stopped_slave_fails_verification_with_cause_and_log(group: Group, tmp_path: Path):
    group.slave.kill()
    plan = write_plan(group, tmp_path, tmp_path / "state.json")
    code, out, err = verify(plan, "server2", timeout=0.5)
    assert code == EXIT_FAILED
    assert "FAILED" in next(line for line in out.splitlines() if line.startswith("broker-a-s"))
    assert "cause: " in err
    assert f"lines of {group.slave.output}" in err
    code, _, err = verify(plan, "server1", timeout=0.5)
    assert code == EXIT_FAILED
    assert f"{group.slave.address} is unreachable: Connection refused" in err


def test_a_slave_ahead_of_an_emptied_master_keeps_it_drained(group: Group, tmp_path: Path):
    group.master.kill()
    shutil.rmtree(group.master.store)
    group.slave.start()
    group.master.start()
    before = wait_until_answering(group.master), wait_until_answering(group.slave)
    state = tmp_path / "state.json"
    code, out, err = run(*guard_arguments(group, state))
    assert before == (4, 6)
    assert (code, out) == (EXIT_AHEAD, "")
    assert "the logs diverge; do not write to this group" in err
    assert json.loads(state.read_text())["state"] == "ahead"
    assert permission_of(group.master) == 4
    assert count(group.slave) == 6
    with Connection(group.master.address) as connection:
        assert ha_status(connection).max_offset == 0


def test_a_restarted_guard_remembers_and_verification_repeats_why(group: Group, tmp_path: Path):
    state = tmp_path / "state.json"
    assert run(*guard_arguments(group, state))[0] == EXIT_AHEAD
    code, _, err = run(*guard_arguments(group, state))
    assert code == EXIT_AHEAD
    assert "found since the master booted" in err
    plan = write_plan(group, tmp_path, state)
    code, _, err = ready(plan, "broker-a-s")
    assert (code, err.count("\n")) == (EXIT_AHEAD, 1)
    code, _, err = verify(plan, "server1", timeout=15)
    assert code == EXIT_FAILED
    assert "is ahead of its master" in err
    assert count(group.slave) == 6
