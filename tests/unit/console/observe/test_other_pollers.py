"""Controllers and proxies, which only some clusters have."""

from __future__ import annotations

import pytest

from console.observe.connection import Tally
from console.observe.pollers import watch_controller, watch_proxy
from console.observe.state import Look, Sight
from remoting.plan.plan import Plan, PlannedController, PlannedProxy, parse_plan
from tests.unit.console.fake_cluster import FakeProcess
from tests.unit.remoting.plans import controller, controller_plan, plan_of, proxy, seed_plan
from tests.unit.remoting.scripted_peer import FakeController, ScriptedPeer

SECONDS = 0.2


def controller_at(address: str) -> PlannedController:
    document = {**controller_plan(), "controllers": [controller(1, address)]}
    return parse_plan(document).controllers[0]


def proxy_at(address: str) -> PlannedProxy:
    seed = seed_plan()
    proxies = [proxy(1, address, address)]
    plan: Plan = parse_plan(plan_of(seed["nameServers"], seed["brokers"], proxies=proxies))
    return plan.proxies[0]


def look_at_controller(address: str) -> Look[str]:
    sight, tally = Sight(), Tally()
    watch = watch_controller(controller_at(address), sight, SECONDS, tally)
    watch.look(0)
    assert tally.count <= 1
    return sight.controllers["controller-1"]


def look_at_proxy(address: str) -> Look[bool]:
    sight = Sight()
    watch_proxy(proxy_at(address), sight, SECONDS, Tally()).look(0)
    return sight.proxies["proxy-1"]


@pytest.fixture
def process():
    made = FakeProcess(lambda _: {})
    yield made
    made.stop()


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize("leader", ["10.0.0.12:9878", ""])
def test_a_controller_says_who_leads_or_that_it_knows_of_none(leader):
    with ScriptedPeer(FakeController(leader=leader)) as peer:
        look = look_at_controller(peer.address)
    assert (look.state, look.facts) == ("up", leader)


@pytest.mark.usefixtures("lines")
def test_a_controller_that_is_gone_is_down_and_one_that_hangs_is_silent(process):
    process.is_silent = True
    assert look_at_controller(process.address).state == "silent"
    process.stop()
    look = look_at_controller(process.address)
    assert (look.state, look.cause.lower()) == ("down", "connection refused")


def test_a_proxy_that_takes_connections_is_up_and_one_that_does_not_is_down(process):
    assert look_at_proxy(process.address).state == "up"
    process.stop()
    look = look_at_proxy(process.address)
    assert (look.state, look.cause.lower()) == ("down", "connection refused")
