from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from console.observe.state import Observation, ObservedState
from remoting.plan.plan import parse_plan
from tests.unit.console.observed import (
    AT,
    LOG_BYTES,
    SLAVE_HA,
    change,
    healthy,
    list_group,
    mark_down,
    replicating_to,
    view_of_plan,
)
from tests.unit.remoting.plans import (
    broker,
    controller_plan,
    dledger_plan,
    name_server,
    plan_of,
    replica,
    seed_plan,
)

if TYPE_CHECKING:
    from console.compare.brokers import BrokerView

A, A_S, ELSEWHERE = "10.0.0.11:10911", "10.0.0.12:11911", "10.0.0.12:10999"


def state_of(plan: dict[str, Any]) -> ObservedState:
    return healthy(parse_plan(plan))


def view_of(name: str, plan: dict[str, Any], observed: ObservedState) -> BrokerView:
    return next(one for one in view_of_plan(plan, observed).brokers if one.name == name)


def crowded_plan() -> dict[str, Any]:
    """A master, and two slaves that share a host."""
    slaves = [
        broker(f"broker-a-{n}", "server2", f"10.0.0.12:1191{n}", group="broker-a", id=n)
        for n in (1, 2)
    ]
    as_slaves = [{**one, "role": "SLAVE", "slaveRequired": False} for one in slaves]
    return plan_of(
        [name_server(1, "10.0.0.11:9876")], [broker("broker-a", "server1", A), *as_slaves]
    )


def test_a_healthy_cluster_has_every_planned_broker_in_order():
    view = view_of_plan(seed_plan())
    assert view.state == "healthy"
    assert [one.name for one in view.brokers] == [
        "broker-a",
        "broker-a-s",
        "broker-b",
        "broker-b-s",
    ]
    assert {one.listed_by for one in view.brokers} == {("namesrv-1", "namesrv-2")}


def test_a_master_has_replicas_and_its_slave_a_lag():
    brokers = {one.name: one for one in view_of_plan(seed_plan()).brokers}
    master, slave = brokers["broker-a"], brokers["broker-a-s"]
    assert (master.replicas_planned, master.replicas_connected, master.lag_bytes) == (1, 1, None)
    assert (slave.replicas_planned, slave.replicas_connected, slave.lag_bytes) == (None, None, 0)


def test_the_lag_of_the_only_slave_on_a_host_comes_from_its_master():
    observed = state_of(seed_plan())
    change(observed, "broker-a", ha=replicating_to("10.0.0.12", acked=LOG_BYTES - 300))
    change(observed, "broker-a-s", max_offset=LOG_BYTES - 4000)
    assert view_of("broker-a-s", seed_plan(), observed).lag_bytes == 300


def test_the_lag_of_slaves_that_share_a_host_comes_from_each_slave():
    observed = state_of(crowded_plan())
    change(observed, "broker-a-1", max_offset=LOG_BYTES - 10)
    change(observed, "broker-a-2", max_offset=LOG_BYTES - 20)
    lags = [one.lag_bytes for one in view_of_plan(crowded_plan(), observed).brokers]
    assert lags == [None, 10, 20]


def test_the_lag_of_a_slave_without_a_connection_comes_from_its_own_log():
    observed = state_of(seed_plan())
    change(observed, "broker-a", ha=replicating_to())
    change(observed, "broker-a-s", max_offset=LOG_BYTES - 70)
    assert view_of("broker-a-s", seed_plan(), observed).lag_bytes == 70


@pytest.mark.parametrize("gone", ["broker-a", "broker-a-s"])
def test_the_lag_is_unknown_when_one_end_is_down_and_not_connected(gone):
    observed = state_of(seed_plan())
    change(observed, "broker-a", ha=replicating_to())
    mark_down(observed, gone)
    assert view_of("broker-a-s", seed_plan(), observed).lag_bytes is None


@pytest.mark.parametrize(
    ("ips", "connected"),
    [
        (["10.0.0.12", "10.0.0.12"], 2),
        (["10.0.0.12"], 1),
        (["10.0.0.12"] * 3, 2),
        (["10.0.0.99"], 0),
        ([], 0),
    ],
)
def test_only_connections_from_hosts_of_planned_replicas_count(ips, connected):
    observed = state_of(crowded_plan())
    change(observed, "broker-a", ha=replicating_to(*ips))
    view = view_of("broker-a", crowded_plan(), observed)
    assert (view.replicas_planned, view.replicas_connected) == (2, connected)


def test_a_lost_master_still_shows_how_many_replicas_it_should_have():
    observed = state_of(seed_plan())
    mark_down(observed, "broker-a")
    view = view_of("broker-a", seed_plan(), observed)
    assert (view.replicas_planned, view.replicas_connected, view.role) == (1, None, None)


def test_under_controllers_the_master_is_the_broker_that_reports_it():
    observed = state_of(controller_plan())
    change(observed, "broker-a-1", ha=SLAVE_HA)
    change(observed, "broker-a-2", ha=replicating_to("10.0.0.11"))
    list_group(observed, "broker-a", {0: "10.0.0.12:10911", 2: "10.0.0.11:10911"})
    roles = {
        one.name: (one.role, one.broker_id)
        for one in view_of_plan(controller_plan(), observed).brokers
    }
    assert roles == {"broker-a-1": ("SLAVE", 2), "broker-a-2": ("MASTER", 0)}


def test_under_dledger_the_master_is_the_broker_listed_with_id_0():
    views = view_of_plan(dledger_plan()).brokers
    assert [one.role for one in views] == ["MASTER", "SLAVE", "SLAVE"]
    assert (views[0].replicas_planned, views[0].replicas_connected) == (2, 2)


def test_a_dledger_replica_that_is_down_or_unlisted_is_not_connected():
    observed = state_of(dledger_plan())
    mark_down(observed, "broker-a-3")
    assert view_of("broker-a-1", dledger_plan(), observed).replicas_connected == 1
    list_group(observed, "broker-a", {0: "10.0.0.11:10911"})
    assert view_of("broker-a-1", dledger_plan(), observed).replicas_connected == 0


def test_an_unlisted_elected_replica_has_no_role_and_no_id():
    observed = state_of(dledger_plan())
    list_group(observed, "broker-a", {0: "10.0.0.11:10911"})
    view = view_of("broker-a-3", dledger_plan(), observed)
    assert (view.role, view.broker_id, view.listed_by) == (None, None, ())


def test_the_lowest_id_counts_when_name_servers_disagree():
    observed = state_of(dledger_plan())
    list_group(observed, "broker-a", {0: "10.0.0.12:10911", 1: "10.0.0.11:10911"}, "namesrv-2")
    assert view_of("broker-a-2", dledger_plan(), observed).broker_id == 0


def test_an_unplanned_broker_follows_the_planned_ones():
    observed = state_of(seed_plan())
    list_group(observed, "broker-a", {0: A, 1: A_S, 3: ELSEWHERE}, "namesrv-2")
    extra = view_of_plan(seed_plan(), observed).brokers[-1]
    assert (extra.name, extra.address, extra.state) == ("broker-a id 3", ELSEWHERE, "up")
    assert (extra.planned, extra.role, extra.listed_by) == (None, None, ("namesrv-2",))


def test_every_broker_of_an_unplanned_group_is_extra():
    observed = state_of(seed_plan())
    list_group(observed, "broker-z", {0: "10.0.0.9:10911", 1: "10.0.0.8:10911"})
    names = [one.name for one in view_of_plan(seed_plan(), observed).brokers[4:]]
    assert names == ["broker-z id 1", "broker-z id 0"]


def test_replicas_of_another_group_are_not_counted():
    plan = plan_of(
        [name_server(1, "10.0.0.11:9876")],
        [replica(n, f"10.0.0.1{n}:1{g}911", group=f"broker-{g}") for g in (1, 2) for n in (1, 2)],
        election="controller",
        controllers=controller_plan()["controllers"],
    )
    connected = [one.replicas_connected for one in view_of_plan(plan).brokers]
    assert connected == [1, None, 1, None]


def test_a_cluster_is_starting_before_the_first_poll():
    view = view_of_plan(seed_plan(), ObservedState())
    assert (view.state, view.observed_at, view.problems) == ("starting", 0.0, ())


def test_one_lost_broker_degrades_the_cluster_and_losing_all_makes_it_dead():
    observed = state_of(seed_plan())
    mark_down(observed, "broker-a")
    assert view_of_plan(seed_plan(), observed).state == "degraded"
    mark_down(observed, "broker-a-s", "broker-b", "broker-b-s")
    assert view_of_plan(seed_plan(), observed).state == "dead"


def test_a_view_is_as_old_as_the_last_poll_of_a_broker_or_name_server():
    observed = state_of(seed_plan())
    observed.brokers["broker-a"] = Observation(AT + 5, "down", "Connection refused")
    assert view_of_plan(seed_plan(), observed, AT + 9).observed_at == AT + 5


def test_all_parts_of_a_view_see_the_same_observation():
    observed = state_of(seed_plan())
    back, gone = (
        observed.name_servers["namesrv-1"],
        Observation[Any](AT, "down", "Connection refused"),
    )

    class Returning(dict[str, Any]):
        """The first copy shows it down, later ones up."""

        def copy(self) -> dict[str, Any]:
            found = dict(self)
            self["namesrv-1"] = back
            return found

    observed.name_servers = Returning({**observed.name_servers, "namesrv-1": gone})
    found = [problem["kind"] for problem in view_of_plan(seed_plan(), observed).problems]
    assert found == ["nameServerDown"]
