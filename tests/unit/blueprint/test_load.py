"""The report of all problems: each begins with its key, ends with a remedy, and hides no other."""

import re

import pytest

from blueprint import load
from blueprint.errors import SettingsError
from blueprint.plan.deployed import NOT_DEPLOYED
from blueprint.plan.topology import plan_cluster
from tests.support.refusals import assert_one_line, problems_of
from tests.support.stacks import changed, planned, raw_cluster, ring
from tests.unit.blueprint.settings import test_console_refused
from tests.unit.blueprint.settings.test_settings_refused import REFUSED, REFUSED_OF_EXISTING
from tests.unit.blueprint.validation import test_capacity as test_budgets_refused
from tests.unit.blueprint.validation import test_placement as test_placing_refused

REMEDY = re.compile(
    r"\b(write|leave it out|choose|name|add|use|lower|give|allowed|take|put|keep|set|must be|"
    r"did you mean|there are|every .* has its own|make hostkeys)\b"
)

ALL = {
    **{f"budgets: {what}": raw for what, (raw, _) in test_budgets_refused.BAD.items()},
    **{f"console: {what}": raw for what, (raw, _) in test_console_refused.BAD.items()},
    **{f"placing: {what}": raw for what, (raw, _) in test_placing_refused.BAD.items()},
    **{f"settings: {what}": changed(**keys) for what, (keys, _) in REFUSED.items()},
    **{
        f"existing: {what}": changed("hosts", **keys)
        for what, (keys, _) in REFUSED_OF_EXISTING.items()
    },
}


@pytest.mark.parametrize("what", ALL)
def test_the_line_begins_with_its_key_and_says_what_to_do(what):
    for problem in problems_of(ALL[what]):
        key, _, text = problem.split("\n")[0].partition(": ")
        assert re.fullmatch(r"cluster(\.[\w-]+|\[\d+\])*", key)
        assert REMEDY.search(text), problem
        # Pydantic's own words are those of a programmer.
        assert "input should" not in text


def test_the_tables_hold_many_bad_settings():
    assert len(test_budgets_refused.BAD) + len(test_placing_refused.BAD) >= 60
    assert len(ALL) >= 120


def test_five_mistakes_in_five_places_are_five_lines_of_one_report():
    raw = changed(
        version="5.0.0",
        hosts__servers__1__address="server2.example",
        brokerGroups=[{"name": "broker-a", "properties": {"fileReservedTim": 48}}, "broker-b"],
        brokers={"broker-a": {"heap": "64MiB"}},
        metrics="prometheus",
    )
    keys = [line.partition(": ")[0] for line in problems_of(raw)]
    assert sorted(keys) == [
        "cluster.brokerGroups[0].properties.fileReservedTim",
        "cluster.brokers.broker-a.heap",
        "cluster.hosts.servers[1].address",
        "cluster.metrics",
        "cluster.version",
    ]


def test_a_mistake_in_a_list_hides_none_outside_it():
    raw = changed(
        brokerGroups=["broker-a", 8],
        proxy={"hosts": ["server9"]},
        nameServers=5,
        ports={"slave": 10913},
        replication="strict",
        scheme="2m-2s-async",
    )
    keys = {line.partition(": ")[0] for line in problems_of(raw)}
    assert keys == {
        "cluster.brokerGroups[1]",
        "cluster.proxy.hosts[0]",
        "cluster.nameServers",
        "cluster.replication",
    }


def test_problems_that_do_not_prevent_planning_are_reported_with_those_of_the_plan():
    raw = changed(version="5.0.0", ports={"slave": 10913}, brokerProperties={"brokerId": 1})
    keys = {line.partition(": ")[0] for line in problems_of(raw)}
    assert keys == {"cluster.version", "cluster.ports", "cluster.brokerProperties.brokerId"}


@pytest.mark.parametrize("scheme", ["controler", "DLEDGER"])
def test_a_misspelled_scheme_does_not_fall_back_to_the_default(scheme):
    raw = ring(2, 5, scheme=scheme, replicas=5, controllers=3)
    (line,) = problems_of(raw)
    assert line.startswith(f"cluster.scheme: {scheme!r} is not allowed; use ")


def test_an_invalid_network_does_not_fall_back_to_the_default():
    raw = changed("lab", hosts__network="192.168.64.0/33")
    (line,) = problems_of(raw)
    assert line.startswith("cluster.hosts.network: '192.168.64.0/33' is not an IPv4 network")


def test_a_number_of_groups_stands_for_their_names():
    raw = ring(1, 4) | {"brokerGroups": 8}
    raw["brokers"] = {"broker-h-s": {"heap": "1GiB"}, "broker-hs": {"heap": "1GiB"}}
    (line,) = problems_of(raw)
    assert line == (
        "cluster.brokers.broker-hs: 'broker-hs' is not a broker of this plan; "
        "did you mean broker-h-s?"
    )


def test_an_unknown_broker_of_a_large_cluster_is_reported_in_a_short_line():
    raw = ring(200, 40, brokers={"zzz": {"heap": "1GiB"}}, ports={"step": 20})
    assert_one_line(raw, "cluster.brokers.zzz: ", "there are broker-0, ", "and 392 more")


@pytest.mark.parametrize(
    "name", ["initAuthenticationUser", "innerClientAuthenticationCredentials"]
)
@pytest.mark.parametrize("value", ["hunter2", ["hunter2"], {"password": "hunter2"}])
def test_a_secret_is_in_no_line(name, value):
    (line,) = problems_of(changed(brokerProperties={name: value}))
    assert line.startswith(f"cluster.brokerProperties.{name}: its value ")
    assert "hunter2" not in line


def test_the_cluster_is_planned_once(monkeypatch):
    plans = []

    def plan_once(*args, **options):
        plans.append(plan_cluster(*args, **options))
        return plans[-1]

    monkeypatch.setattr(load, "plan_cluster", plan_once)
    assert plans == [planned(raw_cluster())]


@pytest.mark.parametrize("emulated", [True, False])
def test_the_plan_knows_whether_the_preflight_found_emulation(emulated):
    cluster = planned(raw_cluster("lab"), emulated=emulated)
    assert [host.emulated for host in cluster.hosts] == [emulated, emulated]


@pytest.mark.parametrize("raw", [raw_cluster(), changed(nameServers=9), changed(flavour="x")])
def test_emulation_is_asked_for_only_when_nothing_else_is_wrong(raw):
    checks = (lambda _: ["cluster.artifact: is not here"],)
    preflight = load.Preflight(checks=checks, is_emulated=lambda _: pytest.fail("was asked"))
    with pytest.raises(SettingsError, match=r"cluster\.artifact: is not here"):
        load.load_plan(raw, NOT_DEPLOYED, preflight)


def test_settings_alone_are_loaded_without_a_plan():
    raw = changed(heap={"broker": "900GiB"})
    assert "cluster.hosts.servers[0].memory" in problems_of(raw)[0]
    assert load.load_settings(raw, load.NO_PREFLIGHT).heap.broker == 900 * 1024


def test_settings_alone_are_refused_with_the_problems_that_show_without_a_plan():
    raw = changed(flavour="x", version="5.0.0", nameServers=9)
    preflight = load.Preflight(checks=(lambda _: ["cluster.hosts.key: is not here"],))
    with pytest.raises(SettingsError) as refused:
        load.load_settings(raw, preflight)
    keys = [line.partition(": ")[0] for line in refused.value.problems]
    assert keys == [
        "cluster.flavour",
        "cluster.version",
        "cluster.nameServers",
        "cluster.hosts.key",
    ]
