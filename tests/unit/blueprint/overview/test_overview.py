"""The plan as people, programs and Mermaid read it; the golden files hold stack local's."""

import json
import re

import pytest

from blueprint.overview.document import plan_document, render_plan_json
from blueprint.overview.mermaid import render_plan_mermaid
from blueprint.overview.stages import Pace, plan_stages
from blueprint.overview.text import render_plan_page, render_plan_summary
from blueprint.overview.warnings import plan_warnings
from blueprint.plan.deployed import DeployedState, Placement
from blueprint.rocketmq.schemes import REPLICATION_PROMISES, TRAITS, Replication, Scheme
from tests.support.stacks import changed, planned, raw_cluster, ring

ROOMY = {
    scheme: planned(
        ring(8, 5, scheme=scheme.value, metrics=True, proxy={"hosts": ["server1", "server4"]})
    )
    for scheme in Scheme
}
every_scheme = pytest.mark.parametrize("scheme", Scheme)


def _rows(page, title):
    """Return the cells of a table, which are two blanks or more apart."""
    lines = page.split(f"\n{title}", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [re.split(r" {2,}", line.strip()) for line in lines]


@every_scheme
def test_each_host_shows_the_memory_of_its_processes_and_the_page_cache(scheme):
    cluster = ROOMY[scheme]
    rows = _rows(render_plan_page(cluster), "hosts")
    assert [row[0] for row in rows] == [host.name for host in cluster.hosts]
    for (name, _, memory, taken, left), host in zip(rows, cluster.hosts, strict=True):
        totals = [p.memory.total_mib for p in cluster.services if p.host.name == name]
        assert int(taken) == sum(totals) > 0
        assert int(memory) == host.memory_mib == int(taken) + int(left)


@every_scheme
def test_processes_are_listed_in_the_order_in_which_they_must_be_ready(scheme):
    cluster = ROOMY[scheme]
    for title in ("processes", "files"):
        rows = _rows(render_plan_page(cluster), title)
        assert [row[0] for row in rows] == [process.name for process in cluster.services]


@every_scheme
def test_every_port_of_a_process_is_shown_with_its_purpose(scheme):
    cluster = ROOMY[scheme]
    shown = {row[0]: row[3].split() for row in _rows(render_plan_page(cluster), "processes")}
    for process in cluster.services:
        assert shown[process.name] == [f"{k}:{port}" for k, port in process.named_ports.items()]


@every_scheme
def test_the_stages_start_everything_then_wait_one_by_one_then_verify_then_start_the_console(
    scheme,
):
    cluster = ROOMY[scheme]
    first, *middle, verified, last = plan_stages(cluster)
    names = tuple(process.name for process in cluster.processes)
    assert (first.pace, first.names) == (Pace.SIDE_BY_SIDE, names)
    assert {stage.pace for stage in middle} == {Pace.ONE_BY_ONE}
    assert sum((stage.names for stage in middle), ()) == names
    assert all(stage.names for stage in middle)
    hosts = tuple(host.name for host in cluster.hosts)
    assert (verified.pace, verified.names) == (Pace.SIDE_BY_SIDE, hosts)
    assert last.names == ("console",)


def _readied(cluster):
    return [stage.what.removeprefix("wait for the ") for stage in plan_stages(cluster)[1:-2]]


def test_kinds_without_processes_have_no_stage():
    assert _readied(planned(raw_cluster())) == ["name servers", "masters", "slaves"]
    assert _readied(planned(changed(scheme="2m-noslave"))) == ["name servers", "masters"]
    assert _readied(ROOMY[Scheme.CONTROLLER]) == [
        "name servers",
        "controllers",
        "elected replicas",
        "proxies",
    ]


@pytest.mark.parametrize(
    ("changes", "drained", "lifted"),
    [
        ({"scheme": "2m-noslave"}, False, False),
        ({"scheme": "2m-2s-async"}, True, True),
        ({"replication": "degrade"}, True, True),
        ({"replication": "strict"}, True, False),
    ],
)
def test_the_masters_stage_says_whether_they_wait_for_their_slaves(changes, drained, lifted):
    stages = {stage.what: stage for stage in plan_stages(planned(changed(**changes)))}
    done_when = stages["wait for the masters"].over_when
    assert ("accepts no messages until" in done_when) is drained
    assert ("have been gone" in done_when) is lifted


@pytest.mark.parametrize("mode", Replication)
def test_the_head_explains_the_replication_mode(mode):
    page = render_plan_page(planned(changed(replication=mode.value)))
    assert f"replication {mode.value}: {REPLICATION_PROMISES[mode]}" in page


@every_scheme
def test_the_head_names_the_scheme_with_its_promise(scheme):
    cluster = ROOMY[scheme]
    head, promise, *rest = render_plan_page(cluster).split("\n\n")[0].splitlines()
    assert cluster.name in head
    assert promise == f"scheme {scheme.value}: {TRAITS[scheme].promise}"
    assert len(rest) == (scheme in {Scheme.SYNC, Scheme.DLEDGER})


@every_scheme
def test_only_dledger_has_a_warning_with_the_default_version(scheme):
    warnings = plan_warnings(ROOMY[scheme])
    assert len(warnings) == (scheme is Scheme.DLEDGER)
    for line in warnings:
        assert "dledger is legacy" in line
        assert "use controller" in line


@every_scheme
def test_a_version_whose_slaves_lose_topics_is_one_line_of_page_preview_and_json(scheme):
    cluster = planned(ring(2, 5, scheme=scheme.value, version="5.3.3"))
    found = [line for line in plan_warnings(cluster) if "5.3.3" in line]
    assert len(found) == (scheme is not Scheme.NOSLAVE)
    for line in found:
        assert "slaves lose all topics" in line
        for text in (render_plan_page(cluster), render_plan_summary(cluster)):
            assert text.splitlines().count(f"warning: {line}") == 1
        assert line in plan_document(cluster)["warnings"]


def test_a_preview_begins_with_the_head_the_hosts_and_the_processes_of_the_page():
    cluster = planned(raw_cluster())
    summary = render_plan_summary(cluster)
    assert render_plan_page(cluster).startswith(summary)
    assert summary.count("\n\n") == 2


def test_a_stage_of_many_processes_names_its_first_and_last_only():
    page = render_plan_page(ROOMY[Scheme.CONTROLLER])
    assert "broker-0-n0 … broker-7-n1, 16 in all" in page


@every_scheme
def test_programs_read_the_same_plan_as_people(scheme):
    cluster = ROOMY[scheme]
    document = json.loads(render_plan_json(cluster))
    assert document == plan_document(cluster)
    assert [p["name"] for p in document["processes"]] == [p.name for p in cluster.services]
    assert [s["names"] for s in document["startOrder"]] == [
        list(stage.names) for stage in plan_stages(cluster)
    ]
    assert ("replication" in document) is (scheme is Scheme.SYNC)
    of_brokers = [p for p in document["processes"] if p["kind"] == "broker"]
    assert [p["brokerId"] is None for p in of_brokers] == [TRAITS[scheme].is_elected] * len(
        of_brokers
    )


def _keys(value):
    if isinstance(value, list):
        return set().union(*map(_keys, value)) if value else set()
    if isinstance(value, dict):
        return set(value) | _keys(list(value.values()))
    return set()


def test_all_json_keys_are_in_camel_case():
    keys = _keys(plan_document(ROOMY[Scheme.CONTROLLER]))
    assert len(keys) > 30
    assert [key for key in keys if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", key)] == []


@every_scheme
def test_the_flowchart_has_each_process_once_in_the_box_of_its_host(scheme):
    cluster = ROOMY[scheme]
    text = render_plan_mermaid(cluster)
    frames = re.findall(r'subgraph \w+\["(\S+) \S+"\]\n(.*?)\n {4}end\n', text, re.DOTALL)
    found = {
        host: re.findall(r'^ {8}\w+\["(\S+)<br>', body, re.MULTILINE) for host, body in frames
    }
    assert found == {
        host.name: [process.name for process in cluster.services_on(host)]
        for host in cluster.hosts
    }


def _edges(cluster):
    return re.findall(r"^ {4}p_(\w+) (\S+) p_(\w+)$", render_plan_mermaid(cluster), re.MULTILINE)


def test_a_master_points_at_each_of_its_slaves_and_the_arrow_says_how():
    assert _edges(planned(raw_cluster())) == [
        ("broker_a", "==>|sync|", "broker_a_s"),
        ("broker_b", "==>|sync|", "broker_b_s"),
    ]
    three = planned(ring(1, 3, scheme="2m-2s-async", replicas=3))
    assert _edges(three) == [
        ("broker_0", "-.->|async|", "broker_0_s1"),
        ("broker_0", "-.->|async|", "broker_0_s2"),
    ]


def test_replicas_that_elect_their_master_are_joined_without_an_arrow():
    assert _edges(planned(ring(1, 3, scheme="dledger"))) == [
        ("broker_0_n0", "---", "broker_0_n1"),
        ("broker_0_n0", "---", "broker_0_n2"),
        ("broker_0_n1", "---", "broker_0_n2"),
    ]
    edges = _edges(planned(ring(2, 3, scheme="controller")))
    assert {mark for _, mark, _ in edges} == {"---"}
    assert len(edges) == 2 + 3


def test_a_group_may_have_the_name_of_a_mermaid_keyword():
    text = render_plan_mermaid(planned(changed(brokerGroups=["end", "subgraph"])))
    assert 'p_end["end<br>SYNC_MASTER :10911"]' in text
    assert "p_end ==>|sync| p_end_s" in text


def test_deployed_brokers_are_shown_where_they_are():
    raw = changed(brokerGroups=["broker-a"])
    deployed = DeployedState(
        scheme=Scheme.SYNC,
        placements={
            "broker-a": Placement(host="server2", slot=0),
            "broker-a-s": Placement(host="server1", slot=3),
        },
    )
    shown = {row[0]: row for row in _rows(render_plan_page(planned(raw, deployed)), "pro")}
    assert shown["broker-a"][2] == "server2"
    assert shown["broker-a-s"][2:4] == ["server1", "listen:17911 fast:17909 ha:17912"]
