"""Which steps a process passes on which occasion, and how the roll-out waits for them."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from remoting.checks.processes import process_steps, wait_until_ready
from remoting.checks.steps import Occasion, steps_on
from remoting.errors import CheckFailedError, PlanError
from remoting.plan.plan import parse_plan
from remoting.polling import Deadline
from remoting.verification.run import verify_host
from tests.unit.remoting.plans import (
    broker,
    controller_plan,
    dledger_plan,
    name_server,
    plan_of,
    proxy,
    seed_plan,
)
from tests.unit.remoting.scripted_peer import (
    SLAVE_IP,
    FakeBroker,
    Following,
    ScriptedPeer,
    WrittenTo,
    listed_broker,
)

STARTED = ["unit", "registered", "configuration"]
MESSAGES = ["permission", "send-and-read", "routed"]


def names(document, process, occasion, *, check_units=True):
    plan = parse_plan(document)
    steps = process_steps(plan, plan.process_named(process))
    return [step.name for step in steps_on(occasion, steps, check_units=check_units)]


def degrading_plan():
    plan = seed_plan()
    for one in plan["brokers"]:
        one["slaveRequired"] = False
    return plan


PROXIED = {**seed_plan(), "proxies": [proxy(1, "10.0.0.11:8081", "10.0.0.11:8080")]}


@pytest.mark.parametrize(
    ("document", "process", "turn", "restart", "verification"),
    [
        (seed_plan(), "namesrv-1", [], [], ["lists-planned"]),
        (seed_plan(), "broker-a", [], ["in-sync"], ["in-sync", *MESSAGES]),
        (degrading_plan(), "broker-a", [], ["in-sync"], MESSAGES),
        (seed_plan(), "broker-a-s", ["in-sync"], ["in-sync"], ["in-sync"]),
        (controller_plan(), "controller-2", [], [], []),
        (dledger_plan(), "broker-a-1", [], ["elected", "in-sync"], ["permission"]),
        (
            dledger_plan(),
            "broker-a-3",
            ["elected", "in-sync"],
            ["elected", "in-sync"],
            ["permission"],
        ),
        (PROXIED, "proxy-1", [], [], []),
    ],
)
def test_each_occasion_has_its_steps_beyond_those_that_a_process_passes_alone(
    document, process, turn, restart, verification
):
    alone = STARTED if process.startswith("broker") else ["unit", "ready"]
    assert names(document, process, Occasion.TURN) == [*alone, *turn]
    assert names(document, process, Occasion.RESTART) == [*alone, *restart]
    assert names(document, process, Occasion.VERIFICATION) == [*alone, *verification]


def test_units_are_left_out_where_systemd_is_not_asked():
    found = names(seed_plan(), "namesrv-1", Occasion.TURN, check_units=False)
    assert found == ["ready"]


def test_an_unknown_process_is_refused_with_the_known_ones():
    with pytest.raises(PlanError, match=r"broker-z.; allowed: namesrv-1, .*broker-b-s"):
        wait_until_ready(parse_plan(seed_plan()), "broker-z", 1.0)


@contextmanager
def group(master, slave, *, is_required):
    """Serve a master, its slave and a name server that lists both; yield their plan."""
    server = FakeBroker()
    with (
        ScriptedPeer(server) as server_peer,
        ScriptedPeer(master) as master_peer,
        ScriptedPeer(slave, SLAVE_IP) as slave_peer,
    ):
        addresses = {0: master_peer.address, 1: slave_peer.address}
        server.listed = {"broker-a": listed_broker(addresses)}
        brokers = [
            broker("broker-a", "server1", addresses[0], slaveRequired=is_required),
            broker("broker-a-s", "server2", addresses[1], slaveRequired=is_required),
        ]
        yield parse_plan(plan_of([name_server(1, server_peer.address)], brokers))


@pytest.mark.parametrize(("process", "restarted"), [("broker-a", True), ("broker-a-s", False)])
def test_a_roll_out_of_a_group_whose_slave_may_lag_ends_under_constant_writes(process, restarted):
    master = WrittenTo(offset=1000)
    with group(master, Following(master), is_required=False) as plan:
        found = wait_until_ready(plan, process, 5.0, restarted=restarted, check_units=False)
    assert list(found) == ["registered", "configuration", "in-sync"]


def test_a_slave_that_its_master_needs_must_hold_all_that_the_master_holds():
    master = WrittenTo(offset=1000)
    with (
        group(master, Following(master), is_required=True) as plan,
        pytest.raises(CheckFailedError, match=r"^in-sync failed for .* bytes behind"),
    ):
        wait_until_ready(plan, "broker-a-s", 0.5, check_units=False)


class Registering(FakeBroker):
    """A broker that its name server lists after a nudge."""

    def __init__(self, server):
        super().__init__()
        self.server, self.address = server, ""

    def __call__(self, request):
        if request.code == 25:
            self.server.listed = {"broker-a": listed_broker({0: self.address})}
        return super().__call__(request)


def test_the_roll_out_nudges_a_broker_to_register_and_a_verification_only_looks():
    server = FakeBroker()
    registering = Registering(server)
    with ScriptedPeer(server) as server_peer, ScriptedPeer(registering) as peer:
        registering.address = peer.address
        brokers = [broker("broker-a", "server1", peer.address)]
        plan = parse_plan(plan_of([name_server(1, server_peer.address)], brokers))
        report = verify_host(plan, "server1", Deadline.after(0.2), check_units=False)
        assert [one.failure.check for one in report.failed] == ["lists-planned", "registered"]
        assert registering.nudges == 0
        found = wait_until_ready(plan, "broker-a", 5.0, check_units=False)
    assert found["registered"] == "on 1 name servers"
    assert registering.nudges == 1
