from __future__ import annotations

from contextlib import ExitStack, contextmanager

import pytest

from remoting.checks.messages import VERIFICATION_TOPIC
from remoting.checks.name_servers import listing_problems
from remoting.plan.plan import parse_plan
from remoting.polling import Deadline
from remoting.requests.admin import ListedBroker
from remoting.verification.report import render_causes, render_report_table
from remoting.verification.run import verify_host
from tests.unit.remoting.checks.test_checks import Store
from tests.unit.remoting.plans import (
    controller,
    controller_plan,
    dledger_plan,
    name_server,
    plan_of,
    replica,
)
from tests.unit.remoting.scripted_peer import (
    FakeBroker,
    FakeController,
    ScriptedPeer,
    listed_broker,
)


class Replica:
    """A broker that also stores messages."""

    def __init__(self, offset=100, **state):
        self.state, self.store = FakeBroker(offset, **state), Store()

    def __call__(self, request):
        stored = request.code in (11, 17, 310, 351)
        return self.store(request) if stored else self.state(request)


class NameServer:
    """A name server that also routes the verification topic."""

    def __init__(self, addresses, permission=6):
        self.table = FakeBroker(listed={"broker-a": listed_broker(addresses)})
        self.permission = permission

    def __call__(self, request):
        if request.code != 105:
            return self.table(request)
        assert request.ext["topic"] == VERIFICATION_TOPIC
        queue = f'{{"brokerName":"broker-a","perm":{self.permission}}}'
        return request.answer(body=f'{{"queueDatas":[{queue}]}}'.encode())


@contextmanager
def cluster(*replicas, routed=6, lead=None):
    """Serve the first replica as elected master, on host server1; yield the plan."""
    with ExitStack() as stack:
        addresses = [stack.enter_context(ScriptedPeer(one)).address for one in replicas]
        table = {number: address for number, address in enumerate(addresses) if address}
        server = stack.enter_context(ScriptedPeer(NameServer(table, routed)))
        brokers = [replica(number + 1, address) for number, address in enumerate(addresses)]
        changes = {"election": "dledger", "hosts": ["server1", "server2", "server3"]}
        if lead is not None:
            lead.master, lead.in_sync = addresses[0], tuple(addresses)
            peer = stack.enter_context(ScriptedPeer(lead))
            lead.leader = lead.leader or peer.address
            controllers = [controller(1, peer.address)]
            changes |= {"election": "controller", "controllers": controllers}
        yield plan_of([name_server(1, server.address)], brokers, **changes)


def verify(plan, host, seconds=5.0):
    return verify_host(parse_plan(plan), host, Deadline.after(seconds), check_units=False)


def checks(report):
    return {one.process: [outcome.check for outcome in one.checks] for one in report.processes}


def failures(report):
    failed = ((one.process, one.failure) for one in report.processes)
    return {name: f"{cause.check}: {cause.detail}" for name, cause in failed if cause}


def test_a_healthy_group_is_verified_through_the_elected_master():
    master, follower = Replica(), Replica()
    with cluster(master, follower) as plan:
        report = verify(plan, "server2")
    assert failures(report) == {}
    assert checks(report) == {
        "namesrv-1": ["lists-planned"],
        "broker-a-2": ["registered", "configuration", "permission"],
        "broker-a": ["elected", "in-sync", "send-and-read", "routed"],
    }
    # The host's own replica is a follower: the message went to the elected master.
    assert (len(master.store.bodies), len(follower.store.bodies)) == (1, 0)
    assert render_report_table(report).splitlines()[-1].endswith(" s: 1 process")
    roles = [one.role for one in report.processes]
    assert roles == ["name server", "REPLICA", "group"]


def test_a_host_without_a_replica_does_not_ask_about_the_group():
    with cluster(Replica(), Replica()) as plan:
        report = verify(plan, "server3")
    assert checks(report) == {"namesrv-1": ["lists-planned"]}


def test_a_controller_on_the_host_is_verified_with_its_group():
    with cluster(Replica(), Replica(), lead=FakeController()) as plan:
        report = verify(plan, "server1")
    assert failures(report) == {}
    assert checks(report)["controller-1"] == ["ready"]
    assert render_report_table(report).splitlines()[-1].endswith(" s: 3 processes")


def test_a_controller_that_follows_an_unplanned_leader_fails_its_host():
    with cluster(Replica(), Replica(), lead=FakeController(leader="10.9.9.9:1")) as plan:
        report = verify(plan, "server1", seconds=0.3)
    assert "follows 10.9.9.9:1, which is none of" in failures(report)["controller-1"]


def test_nothing_is_sent_to_a_group_with_a_replica_behind():
    master = Replica(100)
    with cluster(master, Replica(60)) as plan:
        report = verify(plan, "server1", seconds=0.3)
    assert list(failures(report)) == ["broker-a"]
    assert "in-sync: " in failures(report)["broker-a"]
    assert "40 bytes behind its master" in failures(report)["broker-a"]
    assert master.store.bodies == []


def test_a_replica_outside_the_sync_state_set_fails_the_group():
    lead = FakeController()
    with cluster(Replica(), Replica(), lead=lead) as plan:
        lead.in_sync = lead.in_sync[:1]
        report = verify(plan, "server2", seconds=0.3)
    assert "is not in the SyncStateSet" in failures(report)["broker-a"]


def test_a_replica_with_another_configuration_than_planned_fails_without_mentioning_guards():
    with cluster(Replica(), Replica(permission=4)) as plan:
        report = verify(plan, "server2", seconds=0.3)
    assert failures(report)["broker-a-2"] == "permission: brokerPermission is 4 instead of 6"
    assert "guard" not in render_causes(report)


def test_another_permission_in_the_route_fails_the_group():
    with cluster(Replica(), Replica(), routed=4) as plan:
        report = verify(plan, "server1", seconds=0.3)
    expected = "routed: namesrv-1 tells clients permission 4 for broker-a"
    assert failures(report)["broker-a"] == expected


@pytest.mark.parametrize("plan", [dledger_plan(), controller_plan()])
def test_a_name_server_is_compared_by_addresses_whatever_the_ids(plan):
    addresses = [broker["address"] for broker in plan["brokers"]]
    shuffled = dict(enumerate(reversed(addresses)))
    listed = {"broker-a": ListedBroker("broker-a", "DefaultCluster", shuffled)}
    assert listing_problems(parse_plan(plan), listed) == []
    del listed["broker-a"]
    assert listing_problems(parse_plan(plan), listed) == ["broker-a is missing"]
