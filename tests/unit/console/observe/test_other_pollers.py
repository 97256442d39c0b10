"""Controllers and proxies, which only some clusters have."""

from __future__ import annotations

import pytest

from console.observe.connection import RequestCounter
from console.observe.pollers import answer_poller, proxy_poller
from console.observe.state import Observation, ObservedState
from remoting.plan.plan import Plan, PlannedController, PlannedProxy, parse_plan
from remoting.requests.controllers import controller_leader
from tests.unit.console.fake_cluster import FakeProcess
from tests.unit.remoting.plans import controller, controller_plan, plan_of, proxy, seed_plan
from tests.unit.remoting.scripted_peer import FakeController, ScriptedPeer

SECONDS = 1.0


def controller_at(address: str) -> PlannedController:
    document = {**controller_plan(), "controllers": [controller(1, address)]}
    return parse_plan(document).controllers[0]


def proxy_at(address: str) -> PlannedProxy:
    seed = seed_plan()
    proxies = [proxy(1, address, address)]
    plan: Plan = parse_plan(plan_of(seed["nameServers"], seed["brokers"], proxies=proxies))
    return plan.proxies[0]


@pytest.fixture
def poll_controller(connect_for):
    def poll(address: str) -> Observation[str]:
        observed, counter = ObservedState(), RequestCounter()
        connect, asked = connect_for(counter), controller_at(address)
        answer_poller(asked, observed.controllers, connect, controller_leader).poll(0)
        assert counter.count <= 1
        return observed.controllers["controller-1"]

    return poll


def poll_proxy(address: str) -> Observation[bool]:
    observed = ObservedState()
    proxy_poller(proxy_at(address), observed, SECONDS).poll(0)
    return observed.proxies["proxy-1"]


@pytest.fixture
def process():
    made = FakeProcess(lambda _: {})
    yield made
    made.stop()


@pytest.mark.parametrize("leader", ["10.0.0.12:9878", ""])
def test_a_controller_names_its_leader_or_none(poll_controller, leader):
    with ScriptedPeer(FakeController(leader=leader)) as peer:
        observation = poll_controller(peer.address)
    assert (observation.state, observation.facts) == ("up", leader)


def test_a_stopped_controller_is_down_and_a_hanging_one_is_silent(poll_controller, process):
    process.is_silent = True
    assert poll_controller(process.address).state == "silent"
    process.stop()
    observation = poll_controller(process.address)
    assert (observation.state, observation.cause.lower()) == ("down", "connection refused")


def test_a_proxy_is_up_if_it_accepts_connections_and_else_down(process):
    assert poll_proxy(process.address).state == "up"
    process.stop()
    observation = poll_proxy(process.address)
    assert (observation.state, observation.cause.lower()) == ("down", "connection refused")
