"""Which broker properties may be set, and to which values."""

from itertools import pairwise

import pytest

from blueprint.rocketmq.property_rules import listed_versions, nearest_listed, property_types
from blueprint.rocketmq.versions import DEFAULT_VERSION
from tests.support.refusals import assert_one_line, problems_of
from tests.support.stacks import changed, settings_of

PROPERTIES_REFUSED = {
    "misspelt": ("fileReservedTim", 48, ["'48'", "did you mean fileReservedTime?"]),
    "unknown": ("zzzzzz", 1, ["'1'", "no broker of 5.5.0 knows"]),
    "blank before": ("deleteWhen", " 04", ["' 04'", "blanks"]),
    "blank after": ("flushDiskType", "SYNC_FLUSH ", ["'SYNC_FLUSH '", "blanks"]),
    "line break": ("deleteWhen", "04\nbrokerId=7", ["'04\\nbrokerId=7'", "line breaks"]),
    "null character": ("deleteWhen", "04\0", ["'04\\x00'", "write printable ASCII"]),
    "tabulator": ("messageDelayLevel", "1s\t5s", ["'1s\\t5s'", "write printable ASCII"]),
    "delete character": ("deleteWhen", "04\x7f", ["'04\\x7f'", "write printable ASCII"]),
    "no member": ("flushDiskType", "SYNC", ["'SYNC'", "use ASYNC_FLUSH or SYNC_FLUSH"]),
    "no boolean": ("autoCreateTopicEnable", "yes", ["'yes'", "use true or false"]),
    "no number": ("fileReservedTime", "48h", ["'48h'", "whole number"]),
    "no integer": ("fileReservedTime", 48.5, ["'48.5'", "whole number"]),
    "over an int": ("fileReservedTime", 2**31, ["'2147483648'", "32 bits"]),
    "under an int": ("fileReservedTime", -(2**31) - 1, ["'-2147483649'", "32 bits"]),
    "over a long": ("brokerNotActiveTimeoutMillis", 2**63, ["64 bits"]),
    "longer than any integer": ("fileReservedTime", 10**400, ["'1000", "32 bits"]),
    "slow slave": ("slaveTimeout", 3000, ["'3000'", "write 1 to 2999 (ms; clients"]),
    "no slave": ("slaveTimeout", 0, ["'0'", "write 1 to 2999 (ms; clients"]),
    "mute": ("brokerPermission", 2, ["'2'", "use 4 or 6 (4 is read only"]),
    "empty": ("fileReservedTime", None, ["None", "is not text"]),
}


@pytest.mark.parametrize("what", PROPERTIES_REFUSED)
def test_a_property_that_rocketmq_would_silently_ignore_is_refused(what):
    name, value, parts = PROPERTIES_REFUSED[what]
    assert_one_line(
        changed(brokerProperties={name: value}), f"cluster.brokerProperties.{name}:", *parts
    )


def test_a_key_that_would_break_the_line_is_quoted():
    assert_one_line(changed(brokerProperties={"a\nb": 1}), "cluster.brokerProperties.'a\\nb': '1'")
    assert_one_line(changed(**{"a\nb": 1}), "cluster.'a\\nb': unknown key")


DECIDED_BY = {
    "brokerClusterName": "cluster.name",
    "brokerName": "cluster.brokerGroups",
    "brokerId": "cluster.brokerGroups",
    "brokerRole": "cluster.scheme",
    "listenPort": "cluster.ports",
    "haListenPort": "cluster.ports",
    "storePathRootDir": "layout",
    "storePathCommitLog": "layout",
    "namesrvAddr": "cluster.nameServers",
    "brokerIP1": "cluster.hosts",
    "brokerIP2": "cluster.hosts",
    "totalReplicas": "cluster.scheme",
    "inSyncReplicas": "cluster.scheme",
    "rocketmqHome": "cluster.version",
}


@pytest.mark.parametrize("name", DECIDED_BY)
def test_a_property_that_the_plan_sets_is_refused_with_the_setting_it_follows_from(name):
    raw = changed(brokerProperties={name: "7"})
    assert_one_line(raw, f"cluster.brokerProperties.{name}: '7'", DECIDED_BY[name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slaveTimeout", 1),
        ("slaveTimeout", 2999),
        ("fileReservedTime", 2**31 - 1),
        ("deleteWhen", "04;16"),
        ("flushDiskType", "SYNC_FLUSH"),
        ("brokerPermission", 4),
        ("logicalDiskSpaceCleanForciblyThreshold", 0.8),
        ("autoCreateTopicEnable", False),
    ],
)
def test_a_valid_property_is_accepted(name, value):
    settings = settings_of(changed(brokerProperties={name: value}))
    expected = str(value).lower() if isinstance(value, bool) else str(value)
    assert settings.broker_properties[name] == expected


def test_every_list_contains_the_older_ones_with_the_same_types():
    """The schema offers the newest list to editors, whatever the version."""
    lists = [property_types(version) for version in listed_versions()]
    assert len(lists) >= 2
    for older, newer in pairwise(lists):
        assert older.items() < newer.items()


def test_the_default_version_has_a_list_of_its_own():
    assert listed_versions()[-1] == DEFAULT_VERSION


@pytest.mark.parametrize(
    ("version", "listed"),
    [
        ("5.1.2", "5.3.3"),
        ("5.3.1", "5.3.3"),
        ("5.3.3", "5.3.3"),
        ("5.4.0", "5.3.3"),
        ("5.5.0", "5.5.0"),
        ("5.10.0", "5.5.0"),
    ],
)
def test_the_list_of_the_nearest_older_version_is_used(version, listed):
    assert nearest_listed(version) == listed


def test_a_property_of_a_newer_version_is_refused_with_that_version():
    changes = {"version": "5.3.3", "brokerProperties": {"enableSplitMetadata": False}}
    assert_one_line(
        changed(**changes),
        "cluster.brokerProperties.enableSplitMetadata: 'false' ",
        "no broker of 5.3.3 knows; leave it out, it needs 5.5.0",
    )
    assert settings_of(changed(**{**changes, "version": "5.5.0"}))


@pytest.mark.parametrize("place", ["brokerProperties", "brokerGroups", "brokers"])
def test_properties_are_checked_by_the_list_of_the_version_wherever_they_are(place):
    properties = {"splitMetadataSize": 1}
    value = {
        "brokerProperties": properties,
        "brokerGroups": [{"name": "broker-a", "properties": properties}],
        "brokers": {"broker-a": {"properties": properties}},
    }[place]
    assert_one_line(changed(version="5.3.3", **{place: value}), "it needs 5.5.0")
    assert settings_of(changed(version="5.5.0", **{place: value}))


def test_properties_are_checked_beside_a_version_that_is_none():
    problems = problems_of(changed(version="newest", brokerProperties={"fileReservedTim": 48}))
    keys = [line.partition(": ")[0] for line in problems]
    assert keys == ["cluster.version", "cluster.brokerProperties.fileReservedTim"]
