"""Start, plan and guard groups whose masters may continue without their slaves."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from blueprint.rendering.processes import DRAINED
from remoting.checks.brokers import check_in_sync
from remoting.checks.registration import check_broker_registered
from remoting.codes import ResponseCode
from remoting.errors import NotYetError, RemotingError, SlaveAheadError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.replication.degrading_guard import DegradingGuard
from remoting.replication.guard import GuardState
from remoting.requests.admin import commit_log_max_offset
from tests.processes.test_checks_on_real_processes import (
    START_SECONDS,
    identity,
    run,
    send,
    wait_until_answering,
    write_plan,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes.instances import Group, Instance

GRACE_SECONDS = 3.0


def wait_until(what: str, is_so: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    def attempt(_: float) -> None:
        if not is_so():
            cause = "the condition does not hold"
            raise NotYetError(cause)

    poll(
        attempt, Check(what, "the group", "the outputs of its processes"), Deadline.after(seconds)
    )


def ready(group: Group, *brokers: Instance) -> None:
    for broker in brokers:
        wait_until_answering(broker)
        deadline, servers = Deadline.after(START_SECONDS), group.name_server_addresses
        check_broker_registered(servers, identity(broker), deadline, nudge=True)


def in_sync(group: Group) -> None:
    check_in_sync(group.master.address, [group.slave.address], Deadline.after(START_SECONDS))


def end_of_log(instance: Instance) -> int:
    with Connection(instance.address) as connection:
        return commit_log_max_offset(connection)


def codes(group: Group, sends: int = 1) -> list[int]:
    return [answer.code for answer in send(group, sends)]


def frozen_send(group: Group) -> int:
    group.slave.freeze()
    try:
        return codes(group)[0]
    finally:
        group.slave.thaw()


def waits_for_its_slave(group: Group) -> bool:
    return frozen_send(group) == ResponseCode.FLUSH_SLAVE_TIMEOUT


def restart(*brokers: Instance) -> None:
    for broker in brokers:
        broker.kill()
        broker.start()


def lenient_plan(group: Group, folder: Path) -> Path:
    """Write a plan whose master may continue alone, and its brokers' properties."""
    path = write_plan(group, folder, folder / "state.json")
    document = json.loads(path.read_text())
    drained = {line.partition("=")[0] for line in DRAINED}
    for planned, instance in zip(document["brokers"], (group.master, group.slave), strict=True):
        rendered = {key: v for key, v in instance.properties.items() if key not in drained}
        file = folder / f"{planned['name']}.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in rendered.items()))
        planned.update({"slaveRequired": False, "configFile": str(file)})
    path.write_text(json.dumps(document))
    return path


def verify(plan: Path, host: str, seconds: float = 15) -> tuple[int, dict[str, Any]]:
    arguments = ("--plan", plan, "--host", host, "--timeout", seconds, "--no-units", "--json")
    code, out, _ = run("verify", *arguments)
    return code, {row["process"]: row["checks"] for row in json.loads(out)["processes"]}


class Guarding:
    """A degrading guard that runs in a thread, and the error that ended it."""

    def __init__(self, group: Group, state: Path) -> None:
        self.error: RemotingError | None = None
        slaves = (group.slave.address,)
        guard = DegradingGuard(group.master.address, slaves, 6, state, lambda _: None)
        guard.request_seconds, guard.grace_requests = GRACE_SECONDS, 1
        self._thread = threading.Thread(target=self._run, args=(guard,), daemon=True)
        self._thread.start()

    def _run(self, guard: DegradingGuard) -> None:
        try:
            guard.run()
        except SlaveAheadError as error:
            self.error = error

    def end(self) -> RemotingError | None:
        self._thread.join(timeout=START_SECONDS)
        assert not self._thread.is_alive()
        return self.error


def wait_for_state(path: Path, wanted: str) -> GuardState:
    def read(_: float) -> GuardState:
        found = GuardState.read(path)
        if found is None or found.state != wanted:
            cause = f"{found} instead of {wanted}"
            raise NotYetError(cause)
        return found

    return poll(read, Check("state", str(path), "the test"), Deadline.after(START_SECONDS))
