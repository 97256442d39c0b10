from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from console.api.metrics import render_metrics
from console.compare.cluster import view_cluster
from console.observe.state import Inventory, ObservedState
from remoting.plan.plan import parse_plan
from remoting.requests.admin import TopicConfig
from remoting.requests.inventory import Consumption
from tests.unit.console.observed import AT, CONFIGURATION, healthy, list_group, mark_down
from tests.unit.console.problem_cases import process_down, with_proxy
from tests.unit.remoting.plans import controller_plan, seed_plan

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def text_of(plan: dict[str, Any], observed: ObservedState | None = None, requests: int = 0) -> str:
    parsed = parse_plan(plan)
    state = healthy(parsed) if observed is None else observed
    view = view_cluster(parsed, CONFIGURATION, state, (), AT)
    return render_metrics(parsed, view, requests).decode()


def samples_of(
    plan: dict[str, Any], observed: ObservedState | None = None, requests: int = 0
) -> Samples:
    """Parse the text as Prometheus does, and reject duplicate series as it would."""
    found: Samples = {}
    for family in text_string_to_metric_families(text_of(plan, observed, requests)):
        for sample in family.samples:
            series = (sample.name, frozenset(sample.labels.items()))
            assert series not in found, series
            found[series] = sample.value
    return found


def sample(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"rocketmq_{name}", frozenset(labels.items())))


A = {"broker": "broker-a", "group": "broker-a", "host": "server1"}
A_S = {"broker": "broker-a-s", "group": "broker-a", "host": "server2"}


def test_a_healthy_cluster_is_in_one_state_and_has_no_problem():
    samples = samples_of(seed_plan())
    states = {name: sample(samples, "cluster_state", state=name) for name in ("healthy", "dead")}
    assert states == {"healthy": 1, "dead": 0}
    assert [name for name, _ in samples if name == "rocketmq_cluster_problems"] == []


def test_a_master_and_its_slave_have_their_metrics():
    samples = samples_of(seed_plan())
    assert sample(samples, "broker_up", **A) == 1
    assert sample(samples, "broker_replicas_planned", **A) == 1
    assert sample(samples, "broker_replicas_connected", **A) == 1
    assert sample(samples, "broker_lag_bytes", **A_S) == 0
    assert sample(samples, "broker_boot_time_seconds", **A) == AT - 3600
    assert sample(samples, "broker_disk_used_ratio", **A) == 0.25


def test_unknown_values_have_no_sample():
    observed = healthy(parse_plan(seed_plan()))
    mark_down(observed, "broker-a")
    samples = samples_of(seed_plan(), observed)
    assert sample(samples, "broker_up", **A) == 0
    for name in ("messages_in_per_second", "disk_used_ratio", "replicas_connected"):
        assert sample(samples, f"broker_{name}", **A) is None
    labels = {"kind": "missing", "severity": "error", "subject": "broker-a"}
    assert sample(samples, "cluster_problems", **labels) == 1


def test_rates_are_those_of_the_last_step():
    observed = healthy(parse_plan(seed_plan()))
    observed.rates["broker-a"].add(1, AT, 0, 0)
    observed.rates["broker-a"].add(2, AT + 2, 30, 10)
    samples = samples_of(seed_plan(), observed)
    assert sample(samples, "broker_messages_in_per_second", **A) == 15
    assert sample(samples, "broker_messages_out_per_second", **A) == 5


def test_other_processes_are_up_or_not():
    observed = healthy(parse_plan(with_proxy()))
    process_down("proxies", "proxy-1")(observed)
    samples = samples_of(with_proxy(), observed)
    labels = {"process": "proxy-1", "kind": "proxy", "host": "server1"}
    assert sample(samples, "process_up", **labels) == 0
    labels = {"process": "namesrv-2", "kind": "nameServer", "host": "server2"}
    assert sample(samples, "process_up", **labels) == 1
    labels = {"process": "controller-3", "kind": "controller", "host": "server3"}
    assert sample(samples_of(controller_plan()), "process_up", **labels) == 1


def test_metrics_exist_before_the_first_poll():
    samples = samples_of(seed_plan(), ObservedState(), requests=12)
    assert sample(samples, "cluster_state", state="starting") == 1
    assert sample(samples, "broker_up", **A) == 0
    assert sample(samples, "console_requests_total") == 12


def test_special_characters_in_names_are_escaped():
    odd = 'a"b\\c\nd{e="f"} 1\r\u2028 密'
    observed = healthy(parse_plan(seed_plan()))
    observed.inventories["broker-a"] = Inventory(
        topics={"Orders": TopicConfig(1, 1, 6)},
        groups=(odd,),
        consumptions=(Consumption(odd, "Orders", {0: 1}),),
        ends={"Orders": {0: 9}},
        clients={odd: 2},
    )
    list_group(observed, odd, {0: "10.0.0.9:10911"})
    text = text_of(seed_plan(), observed)
    assert text.count("rocketmq_consumer_group_clients{") == 1
    assert 'group="a\\"b\\\\c\\nd{e=\\"f\\"} 1\r\u2028 密"} 8.0\n' in text
    (line,) = [line for line in text.split("\n") if line.startswith("rocketmq_cluster_problems{")]
    assert line.endswith('密 id 0"} 1.0')
    assert 'subject="a\\"b\\\\c\\nd' in line


def test_every_metric_has_a_help_text():
    lines = text_of(seed_plan()).splitlines()
    names = {line.split()[2] for line in lines if line.startswith("# HELP")}
    used = {line.partition("{")[0].split()[0] for line in lines if not line.startswith("#")}
    assert used <= names
    assert all(name.startswith("rocketmq_") for name in names)


def test_problems_of_the_same_kind_and_subject_are_one_series():
    observed = healthy(parse_plan(seed_plan()))
    list_group(observed, "broker-a", {0: "10.0.0.11:10911", 1: "10.0.0.9:1"}, "namesrv-1")
    list_group(observed, "broker-a", {0: "10.0.0.11:10911", 1: "10.0.0.9:2"}, "namesrv-2")
    labels = {"kind": "misplaced", "severity": "error", "subject": "broker-a-s"}
    assert sample(samples_of(seed_plan(), observed), "cluster_problems", **labels) == 2
