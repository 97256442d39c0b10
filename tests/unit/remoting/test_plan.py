from __future__ import annotations

import json

import pytest

from remoting.errors import PlanError, RemotingError
from remoting.plan import parse_plan, read_plan
from tests.unit.remoting.plans import seed_plan


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
        (("cluster",), "", "plan key cluster is ''; allowed: a text"),
        (("nameServers",), [], r"plan key nameServers is \[\]; allowed: a list"),
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
        (("brokers", 0, "guardState"), 5, r"brokers\[0\]\.guardState is 5; allowed: a text"),
        (("brokers", 0, "permission"), None, r"brokers\[0\]\.permission is None"),
    ],
)
def test_an_unusable_value_is_refused_with_key_value_and_what_is_allowed(place, value, expected):
    document = seed_plan()
    parent = document
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    with pytest.raises(PlanError, match=expected):
        parse_plan(document)


def test_a_group_without_a_master_is_refused():
    document = seed_plan()
    del document["brokers"][0]
    with pytest.raises(PlanError, match=r"brokers\[broker-a-s\]\.group is \[\]"):
        parse_plan(document)


@pytest.mark.parametrize("text", [None, "{nonsense", "[]"])
def test_a_file_that_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RemotingError, match="plan key"):
        read_plan(path)


def test_a_plan_file_is_read(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(seed_plan()))
    assert read_plan(path) == parse_plan(seed_plan())
