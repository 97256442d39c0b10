from __future__ import annotations

import json

import pytest

from remoting.errors import PlanError, RemotingError
from remoting.plan.plan import ELECTED_ID, parse_plan, read_plan
from tests.unit.remoting.plans import controller_plan, dledger_plan, proxy, seed_plan


def test_the_seed_is_read():
    plan = parse_plan(seed_plan())
    master = plan.brokers[0]
    assert plan.hosts == ("server1", "server2")
    assert (master.group, master.broker_id, master.guard_state) == ("broker-a", 0, "/run/a.json")
    assert [slave.name for slave in plan.slaves_of(master)] == ["broker-a-s"]
    assert plan.master_of(plan.brokers[1]) is master
    assert plan.brokers[1].guard_state is None


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (("cluster",), "", "plan key cluster is ''; allowed: a non-empty text"),
        (("nameServers",), [], r"plan key nameServers is \[\]; allowed: a non-empty list"),
        (
            ("nameServers", 1, "address"),
            "10.0.0.12",
            r"nameServers\[1\]\.address is '10\.0\.0\.12'",
        ),
        (("brokers", 0), "broker-a", r"brokers\[0\] is 'broker-a'; allowed: an object"),
        (("brokers", 0, "id"), True, r"brokers\[0\]\.id is True; allowed: a whole number"),
        (("brokers", 0, "id"), 1, r"brokers\[0\]\.id is 1; allowed: 0 for a master"),
        (("brokers", 1, "id"), 0, r"brokers\[1\]\.id is 0; allowed: 0 for a master"),
        (
            ("brokers", 0, "role"),
            "MASTER",
            r"role is 'MASTER'; allowed: SYNC_MASTER, ASYNC_MASTER",
        ),
        (
            ("brokers", 0, "group"),
            "broker-b",
            r"group is \['broker-a', 'broker-b'\]; allowed: exactly",
        ),
        (
            ("brokers", 0, "guardState"),
            5,
            r"brokers\[0\]\.guardState is 5; allowed: a non-empty text",
        ),
        (("brokers", 0, "permission"), None, r"brokers\[0\]\.permission is None"),
        (("brokers", 0, "slaveRequired"), 1, r"slaveRequired is 1; allowed: true or false"),
        (("brokers", 0, "slaveRequired"), None, "slaveRequired is None; allowed: true or false"),
        (("brokers", 0, "role"), "REPLICA", "role is 'REPLICA'; allowed: SYNC_MASTER"),
        (("brokers", 0, "id"), None, r"brokers\[0\]\.id is None; allowed: a whole number"),
        (("election",), "raft", "election is 'raft'; allowed: none, dledger, controller"),
        (("election",), None, "election is None; allowed: a non-empty text"),
        (("controllers",), None, "controllers is None; allowed: a list"),
        (("proxies",), None, "proxies is None; allowed: a list"),
    ],
)
def test_an_unusable_value_is_refused_with_key_value_and_what_is_allowed(place, value, expected):
    with pytest.raises(PlanError, match=expected):
        parse_plan(changed(seed_plan(), place, value))


def changed(document, place, value):
    parent = document
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    return document


def test_replicas_are_read_without_an_id_a_master_or_a_guard():
    plan = parse_plan(dledger_plan())
    assert (plan.election, plan.has_elections, plan.controllers) == ("dledger", True, ())
    assert [one.broker_id for one in plan.brokers] == [ELECTED_ID] * 3
    assert not any(one.is_master or one.guard_state for one in plan.brokers)
    assert plan.replicas_of("broker-a") == plan.brokers
    assert (plan.groups_on("server2"), plan.groups_on("server9")) == (("broker-a",), ())


def test_controllers_are_read():
    controllers = parse_plan(controller_plan()).controllers
    assert [one.address for one in controllers] == [f"10.0.0.1{n}:9878" for n in (1, 2, 3)]
    assert controllers[2].host == "server3"


def test_proxies_are_read_with_both_their_addresses():
    document = {**seed_plan(), "proxies": [proxy(1, "10.0.0.11:8081", "10.0.0.11:8080")]}
    (one,) = parse_plan(document).proxies
    assert (one.address, one.remoting_address) == ("10.0.0.11:8081", "10.0.0.11:8080")
    with pytest.raises(PlanError, match=r"proxies\[0\]\.remotingAddress is None"):
        parse_plan(changed(document, ("proxies", 0, "remotingAddress"), None))


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (("controllers",), [], "controllers is \\[\\]; allowed: a non-empty list"),
        (("controllers", 0, "address"), "x", r"controllers\[0\]\.address is 'x'"),
        (("brokers", 1, "id"), 1, r"brokers\[1\]\.id is 1; allowed: null for a replica"),
        (("brokers", 1, "role"), "SLAVE", r"role is 'SLAVE'; allowed: REPLICA"),
        (("brokers", 1, "guardState"), "/g", r"guardState is '/g'; allowed: null for a replica"),
    ],
)
def test_a_plan_of_elections_refuses_what_only_planned_masters_have(place, value, expected):
    with pytest.raises(PlanError, match=expected):
        parse_plan(changed(controller_plan(), place, value))


def test_a_replica_must_say_that_it_has_no_id():
    document = controller_plan()
    del document["brokers"][0]["id"]
    with pytest.raises(PlanError, match=r"brokers\[0\]\.id is '\(missing\)'; allowed: null"):
        parse_plan(document)


@pytest.mark.parametrize("election", ["none", "dledger"])
def test_controllers_are_refused_in_schemes_without_them(election):
    document = {**(seed_plan() if election == "none" else dledger_plan())}
    document["controllers"] = controller_plan()["controllers"]
    expected = rf"'controller-3'\]; allowed: none with election {election}"
    with pytest.raises(PlanError, match=expected):
        parse_plan(document)


def test_no_broker_of_an_election_is_a_master_by_name():
    with pytest.raises(PlanError, match="'broker-a-1'; allowed: none, since masters are elected"):
        parse_plan(dledger_plan()).master_named("broker-a-1")


def test_a_group_without_a_master_is_refused():
    document = seed_plan()
    del document["brokers"][0]
    with pytest.raises(PlanError, match=r"brokers\[broker-a-s\]\.group is \[\]"):
        parse_plan(document)


@pytest.mark.parametrize("text", [None, "{nonsense", "[]"])
def test_an_invalid_plan_file_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RemotingError, match="plan key"):
        read_plan(path)


def test_a_plan_file_is_read(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(seed_plan()))
    assert read_plan(path) == parse_plan(seed_plan())
