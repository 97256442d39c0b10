"""Properties that no list knows are accepted under uncheckedProperties only, and shown."""

import json

import pytest

from blueprint.overview.document import render_plan_json
from blueprint.overview.text import render_plan_page, render_plan_summary
from blueprint.rendering.processes import render_configuration
from blueprint.rocketmq.property_rules import listed_versions, property_types
from tests.support.refusals import assert_only_line, broker, group
from tests.support.stacks import changed, planned, raw_cluster

NEWEST = listed_versions()[-1]


def unchecked(**properties):
    return changed(uncheckedProperties=properties)


def test_a_key_that_no_list_knows_is_refused_among_the_checked_ones_with_the_place_for_it():
    assert_only_line(
        changed(brokerProperties={"zzzzzz": 1}),
        "cluster.brokerProperties.zzzzzz: '1'",
        "uncheckedProperties",
    )


def test_it_is_accepted_as_unchecked_and_rendered_as_the_last_paragraph_of_each_broker():
    cluster = planned(unchecked(zzzzzz=True, yyyyyy="a b"))
    for process in cluster.brokers:
        assert render_configuration(cluster, process).endswith("\n\nyyyyyy=a b\nzzzzzz=true\n")


def test_a_brokers_unchecked_property_wins_over_its_groups_and_that_over_the_clusters():
    raw = changed(
        uncheckedProperties={"zzzzzz": 1},
        brokerGroups=[{"name": "broker-a", "uncheckedProperties": {"zzzzzz": 2}}, "broker-b"],
        brokers={"broker-a-s": {"uncheckedProperties": {"zzzzzz": 3}}},
    )
    found = {process.name: process.properties["zzzzzz"] for process in planned(raw).brokers}
    assert found == {"broker-a": "2", "broker-a-s": "3", "broker-b": "1", "broker-b-s": "1"}


def test_a_broker_without_unchecked_properties_keeps_its_file():
    cluster, plain = planned(broker(uncheckedProperties={"zzzzzz": 1})), planned(raw_cluster())
    files = {
        process.name: (render_configuration(cluster, process), render_configuration(plain, same))
        for process, same in zip(cluster.brokers, plain.brokers, strict=True)
    }
    assert [name for name, (text, before) in files.items() if text != before] == ["broker-a"]


REFUSED = {
    "a known key": ("fileReservedTime", 48, ["'48'", "write it in cluster.brokerProperties"]),
    "a known key in another case": (
        "fileReservedtime",
        48,
        ["'48'", "write fileReservedTime in cluster.brokerProperties"],
    ),
    "a key that the plan decides": ("brokerId", 7, ["'7'", "follows from cluster.brokerGroups"]),
    "a key that the plan sets for metrics": (
        "metricsExporterType",
        "PROM",
        ["'PROM'", "follows from cluster.metrics"],
    ),
    "a login": ("initAuthenticationUser", "me:pw", ["its value", "logins are not supported"]),
    "a key without effect": ("aclEnable", True, ["'true'", "has no effect"]),
    "a line break": ("zzzzzz", "1\nbrokerId=7", ["'1\\nbrokerId=7'", "printable ASCII"]),
    "a blank at the end": ("zzzzzz", "1 ", ["'1 '", "blanks at the ends"]),
    "a backslash": ("zzzzzz", "a\\", ["'a\\\\'", "backslashes"]),
    "no value": ("zzzzzz", None, ["None", "is not text"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_be_checked_of_an_unchecked_property_is_checked(what):
    name, value, parts = REFUSED[what]
    raw = changed(uncheckedProperties={name: value})
    assert_only_line(raw, f"cluster.uncheckedProperties.{name}: ", *parts)


@pytest.mark.parametrize("name", ["", "a b", "a=b", "#a", "Zzz", "9a", "a\nb", "ä", "a" * 129])
def test_a_key_that_is_no_name_of_a_property_is_refused(name):
    assert_only_line(changed(uncheckedProperties={name: 1}), "cluster.uncheckedProperties")


def test_a_key_that_only_a_newer_rocketmq_knows_is_refused_for_an_older_one():
    older, *_, newer = listed_versions()
    name = min(property_types(newer).keys() - property_types(older).keys())
    raw = changed(version=older, uncheckedProperties={name: 1})
    assert_only_line(raw, f"no broker of {older} knows", f"leave it out, it needs {newer}")


def test_a_known_key_belongs_beside_its_unchecked_block():
    wrong = {"uncheckedProperties": {"fileReservedTime": 48}}
    assert_only_line(
        group(**wrong),
        "cluster.brokerGroups[0].uncheckedProperties.fileReservedTime: ",
        "write it in cluster.brokerGroups[0].properties",
    )
    assert_only_line(
        broker(**wrong),
        "cluster.brokers.broker-a.uncheckedProperties.fileReservedTime: ",
        "write it in cluster.brokers.broker-a.properties",
    )


def test_the_plan_shows_unchecked_properties_and_where_they_are_set():
    raw = changed(
        uncheckedProperties={"zzzzzz": 1}, brokers={"broker-a": {"uncheckedProperties": {"y": 2}}}
    )
    line = "unchecked properties: y=2 (broker-a), zzzzzz=1 (every broker)\n"
    assert line in render_plan_summary(planned(raw))
    assert line in render_plan_page(planned(raw))
    assert "unchecked" not in render_plan_page(planned(raw_cluster()))


def test_the_plan_for_programs_has_the_unchecked_properties_of_each_broker():
    cluster = planned(broker(uncheckedProperties={"zzzzzz": 1}))
    found = {
        process["name"]: process["uncheckedProperties"]
        for process in json.loads(render_plan_json(cluster))["processes"]
        if process["kind"] == "broker"
    }
    nothing = {name: {} for name in ("broker-a-s", "broker-b", "broker-b-s")}
    assert found == {"broker-a": {"zzzzzz": "1"}, **nothing}


@pytest.mark.parametrize("render", [render_plan_summary, render_plan_page])
def test_the_plan_of_a_version_without_a_list_says_by_which_one_properties_are_checked(render):
    artifact = {"source": "official", "sha512": "ab" * 64}
    text = render(planned(changed("lab", version="5.99.0", artifact=artifact)))
    (line,) = [line for line in text.splitlines() if line.startswith("warning: ")]
    assert line == (
        "warning: RocketMQ 5.99.0: this program has no list of its properties and checks them by "
        f"{NEWEST}'s; others can be set by uncheckedProperties"
    )
