from __future__ import annotations

from contextlib import contextmanager

import pytest

from remoting.checks.elections import check_controller_ready, check_elected
from remoting.checks.registration import BrokerIdentity, check_broker_registered
from remoting.errors import CheckFailedError
from remoting.plan.plan import ELECTED_ID
from remoting.polling import Deadline
from remoting.replication.elected_groups import ElectedGroup
from tests.unit.remoting.scripted_peer import (
    FakeBroker,
    FakeController,
    ScriptedPeer,
    listed_broker,
)

ADDRESS = "10.0.0.11:10911"
ON_ONE = "on 1 name servers"
GROUP = ElectedGroup("DefaultCluster", "broker-a", (ADDRESS,))


def replica(address):
    return BrokerIdentity("DefaultCluster", "broker-a", ELECTED_ID, address)


def name_server(addresses, cluster="DefaultCluster"):
    return FakeBroker(listed={"broker-a": listed_broker(addresses, cluster)} if addresses else {})


def test_a_controller_that_knows_a_leader_is_ready():
    with ScriptedPeer(FakeController(leader="10.0.0.12:9878")) as peer:
        planned = ["10.0.0.11:9878", "10.0.0.12:9878"]
        found = check_controller_ready(peer.address, planned, Deadline.after(1))
        assert found == f"led by {planned[1]}"


@pytest.mark.parametrize(
    ("leader", "cause"),
    [
        ("", "answers, but knows no leading controller"),
        ("10.0.0.9:9878", r"follows 10\.0\.0\.9:9878, which is none of 10\.0\.0\.12:9878"),
    ],
)
def test_a_controller_without_a_planned_leader_is_not_ready(leader, cause):
    expected = rf"^controller-ready failed for .*{cause}; look at controller\.log and dledger\.log"
    with (
        ScriptedPeer(FakeController(leader=leader)) as peer,
        pytest.raises(CheckFailedError, match=expected),
    ):
        check_controller_ready(peer.address, ["10.0.0.12:9878"], Deadline.after(0.2))


def test_a_controller_becomes_ready_when_one_is_elected():
    controller = FakeController()

    def electing(request):
        answer = controller(request)
        controller.leader = "10.0.0.12:9878"
        return answer

    with ScriptedPeer(electing) as peer:
        planned = ["10.0.0.12:9878"]
        assert (
            check_controller_ready(peer.address, planned, Deadline.after(5))
            == f"led by {planned[0]}"
        )
        assert len(peer.requests) == 2


@pytest.mark.parametrize("broker_id", [0, 1, 7])
def test_a_replica_is_registered_under_any_id(broker_id):
    with ScriptedPeer(name_server({broker_id: ADDRESS})) as server:
        servers = [server.address]
        check_broker_registered(servers, replica(ADDRESS), Deadline.after(1), nudge=False)


@pytest.mark.parametrize(
    ("server", "cause"),
    [
        (name_server({}), "does not list it"),
        (name_server({0: "10.0.0.12:10911"}), "does not list it"),
        (name_server({0: ADDRESS}, "Foreign"), "lists it in cluster Foreign"),
    ],
)
def test_a_replica_that_one_name_server_lacks_is_not_registered(server, cause):
    with ScriptedPeer(name_server({0: ADDRESS})) as first, ScriptedPeer(server) as second:
        servers = [first.address, second.address]
        with pytest.raises(CheckFailedError, match=f"name server {second.address} {cause}"):
            check_broker_registered(servers, replica(ADDRESS), Deadline.after(0.2), nudge=False)


@contextmanager
def replica_that_registers_when_nudged(broker):
    server = name_server({})

    def registering(request):
        answer = broker(request)
        if request.code == 25:
            server.listed = name_server({int(broker.broker_id): peer.address}).listed
        return answer

    with ScriptedPeer(server) as server_peer, ScriptedPeer(registering) as peer:
        yield server_peer, peer.address


@pytest.mark.parametrize("broker_id", ["0", "2"])
def test_a_replica_with_a_role_registers_at_once_when_nudged(broker_id):
    broker = FakeBroker(permission=4, broker_id=broker_id)
    with replica_that_registers_when_nudged(broker) as (server, address):
        deadline = Deadline.after(5)
        wanted = replica(address)
        assert check_broker_registered([server.address], wanted, deadline, nudge=True) == ON_ONE
    assert (broker.nudges, broker.permission) == (1, 4)


def test_a_replica_without_a_role_is_never_nudged_because_it_would_be_listed_as_minus_one():
    broker = FakeBroker(broker_id="-1")
    with replica_that_registers_when_nudged(broker) as (server, address):
        expected = f"{address} is neither master nor slave yet"
        with pytest.raises(CheckFailedError, match=expected):
            check_broker_registered(
                [server.address], replica(address), Deadline.after(0.3), nudge=True
            )
    assert broker.nudges == 0


def test_an_election_that_does_not_end_fails_in_time_and_names_the_logs(clock):
    expected = r"^elected failed for broker-a: .*no elected master.*; look at broker\.log and"
    with (
        ScriptedPeer(name_server({1: ADDRESS})) as server,
        pytest.raises(CheckFailedError, match=expected),
    ):
        check_elected([server.address], GROUP, Deadline.after(0.3))
    assert clock.now == pytest.approx(0.3)
