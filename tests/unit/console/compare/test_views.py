from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from console.compare.cluster import DEAD, DEGRADED, HEALTHY, STARTING
from console.observe.state import Look, Sight
from remoting.plan.plan import parse_plan
from tests.unit.console.sights import (
    AT,
    COPIES,
    HELD,
    change,
    copied_by,
    healthy,
    list_at,
    lose,
    seen_as,
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


def sight_of(plan: dict[str, Any]) -> Sight:
    return healthy(parse_plan(plan))


def view_of(name: str, plan: dict[str, Any], sight: Sight) -> BrokerView:
    return next(one for one in seen_as(plan, sight).brokers if one.name == name)


def crowded_plan() -> dict[str, Any]:
    """A master and two slaves, which share a host."""
    slaves = [
        broker(f"broker-a-{n}", "server2", f"10.0.0.12:1191{n}", group="broker-a", id=n)
        for n in (1, 2)
    ]
    as_slaves = [{**one, "role": "SLAVE", "slaveRequired": False} for one in slaves]
    return plan_of(
        [name_server(1, "10.0.0.11:9876")], [broker("broker-a", "server1", A), *as_slaves]
    )


def test_a_healthy_cluster_shows_every_planned_broker_in_the_plans_order():
    view = seen_as(seed_plan())
    assert view.state == HEALTHY
    assert [one.name for one in view.brokers] == [
        "broker-a",
        "broker-a-s",
        "broker-b",
        "broker-b-s",
    ]
    assert {one.listed_by for one in view.brokers} == {("namesrv-1", "namesrv-2")}


def test_a_master_has_replicas_and_its_slave_a_lag():
    brokers = {one.name: one for one in seen_as(seed_plan()).brokers}
    master, slave = brokers["broker-a"], brokers["broker-a-s"]
    assert (master.replicas_planned, master.replicas_connected, master.lag_bytes) == (1, 1, None)
    assert (slave.replicas_planned, slave.replicas_connected, slave.lag_bytes) == (None, None, 0)


def test_the_lag_of_a_slave_alone_on_its_host_is_what_its_master_knows_of_it():
    sight = sight_of(seed_plan())
    change(sight, "broker-a", ha=copied_by("10.0.0.12", acked=HELD - 300))
    change(sight, "broker-a-s", max_offset=HELD - 4000)
    assert view_of("broker-a-s", seed_plan(), sight).lag_bytes == 300


def test_the_lag_of_slaves_on_one_host_is_told_by_each_slave():
    sight = sight_of(crowded_plan())
    change(sight, "broker-a-1", max_offset=HELD - 10)
    change(sight, "broker-a-2", max_offset=HELD - 20)
    lags = [one.lag_bytes for one in seen_as(crowded_plan(), sight).brokers]
    assert lags == [None, 10, 20]


def test_the_lag_of_a_slave_without_a_connection_is_told_by_its_own_log():
    sight = sight_of(seed_plan())
    change(sight, "broker-a", ha=copied_by())
    change(sight, "broker-a-s", max_offset=HELD - 70)
    assert view_of("broker-a-s", seed_plan(), sight).lag_bytes == 70


@pytest.mark.parametrize("gone", ["broker-a", "broker-a-s"])
def test_nobody_knows_the_lag_when_one_end_is_gone_and_not_connected(gone):
    sight = sight_of(seed_plan())
    change(sight, "broker-a", ha=copied_by())
    lose(sight, gone)
    assert view_of("broker-a-s", seed_plan(), sight).lag_bytes is None


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
def test_connections_are_counted_by_the_hosts_of_planned_replicas(ips, connected):
    sight = sight_of(crowded_plan())
    change(sight, "broker-a", ha=copied_by(*ips))
    view = view_of("broker-a", crowded_plan(), sight)
    assert (view.replicas_planned, view.replicas_connected) == (2, connected)


def test_a_lost_master_still_shows_how_many_replicas_it_should_have():
    sight = sight_of(seed_plan())
    lose(sight, "broker-a")
    view = view_of("broker-a", seed_plan(), sight)
    assert (view.replicas_planned, view.replicas_connected, view.role) == (1, None, None)


def test_a_controllers_master_is_the_one_that_says_so_whatever_its_id():
    sight = sight_of(controller_plan())
    change(sight, "broker-a-1", ha=COPIES)
    change(sight, "broker-a-2", ha=copied_by("10.0.0.11"))
    list_at(sight, "broker-a", {0: "10.0.0.12:10911", 2: "10.0.0.11:10911"})
    roles = {
        one.name: (one.role, one.broker_id) for one in seen_as(controller_plan(), sight).brokers
    }
    assert roles == {"broker-a-1": ("SLAVE", 2), "broker-a-2": ("MASTER", 0)}


def test_a_dledger_master_is_the_one_that_is_listed_as_0():
    views = seen_as(dledger_plan()).brokers
    assert [one.role for one in views] == ["MASTER", "SLAVE", "SLAVE"]
    assert (views[0].replicas_planned, views[0].replicas_connected) == (2, 2)


def test_a_dledger_replica_that_is_gone_or_unlisted_is_not_counted_as_connected():
    sight = sight_of(dledger_plan())
    lose(sight, "broker-a-3")
    assert view_of("broker-a-1", dledger_plan(), sight).replicas_connected == 1
    list_at(sight, "broker-a", {0: "10.0.0.11:10911"})
    assert view_of("broker-a-1", dledger_plan(), sight).replicas_connected == 0


def test_an_elected_replica_that_is_listed_nowhere_has_no_role_and_no_id():
    sight = sight_of(dledger_plan())
    list_at(sight, "broker-a", {0: "10.0.0.11:10911"})
    view = view_of("broker-a-3", dledger_plan(), sight)
    assert (view.role, view.broker_id, view.listed_by) == (None, None, ())


def test_name_servers_that_disagree_about_an_elected_id_show_the_lower_one():
    sight = sight_of(dledger_plan())
    list_at(sight, "broker-a", {0: "10.0.0.12:10911", 1: "10.0.0.11:10911"}, "namesrv-2")
    assert view_of("broker-a-2", dledger_plan(), sight).broker_id == 0


def test_a_broker_in_no_plan_is_shown_after_the_planned_ones():
    sight = sight_of(seed_plan())
    list_at(sight, "broker-a", {0: A, 1: A_S, 3: ELSEWHERE}, "namesrv-2")
    extra = seen_as(seed_plan(), sight).brokers[-1]
    assert (extra.name, extra.address, extra.state) == ("broker-a id 3", ELSEWHERE, "up")
    assert (extra.planned, extra.role, extra.listed_by) == (None, None, ("namesrv-2",))


def test_a_group_in_no_plan_is_extra_broker_by_broker():
    sight = sight_of(seed_plan())
    list_at(sight, "broker-z", {0: "10.0.0.9:10911", 1: "10.0.0.8:10911"})
    names = [one.name for one in seen_as(seed_plan(), sight).brokers[4:]]
    assert names == ["broker-z id 1", "broker-z id 0"]


def test_the_replicas_of_another_group_are_never_counted():
    plan = plan_of(
        [name_server(1, "10.0.0.11:9876")],
        [replica(n, f"10.0.0.1{n}:1{g}911", group=f"broker-{g}") for g in (1, 2) for n in (1, 2)],
        election="controller",
        controllers=controller_plan()["controllers"],
    )
    connected = [one.replicas_connected for one in seen_as(plan).brokers]
    assert connected == [1, None, 1, None]


def test_nothing_seen_yet_is_a_cluster_that_starts():
    view = seen_as(seed_plan(), Sight())
    assert (view.state, view.observed_at, view.problems) == (STARTING, 0.0, ())


def test_one_lost_broker_degrades_the_cluster_and_all_of_them_end_it():
    sight = sight_of(seed_plan())
    lose(sight, "broker-a")
    assert seen_as(seed_plan(), sight).state == DEGRADED
    lose(sight, "broker-a-s", "broker-b", "broker-b-s")
    assert seen_as(seed_plan(), sight).state == DEAD


def test_the_view_is_as_old_as_the_last_look_at_a_broker_or_name_server():
    sight = sight_of(seed_plan())
    sight.brokers["broker-a"] = Look(AT + 5, "down", "Connection refused")
    assert seen_as(seed_plan(), sight, AT + 9).observed_at == AT + 5


def test_a_name_server_that_returns_while_a_view_is_made_is_in_all_of_it_or_in_none():
    sight = sight_of(seed_plan())
    back, gone = sight.name_servers["namesrv-1"], Look[Any](AT, "down", "Connection refused")

    class Returning(dict[str, Any]):
        """The first who looks sees it gone, all others back."""

        def copy(self) -> dict[str, Any]:
            found = dict(self)
            self["namesrv-1"] = back
            return found

    sight.name_servers = Returning({**sight.name_servers, "namesrv-1": gone})
    found = [problem.kind for problem in seen_as(seed_plan(), sight).problems]
    assert found == ["nameServerDown"]
