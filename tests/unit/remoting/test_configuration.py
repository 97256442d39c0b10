from __future__ import annotations

import pytest

from remoting.configuration import find_differences


@pytest.mark.parametrize(
    ("planned", "found"),
    [
        ("1", "1"),
        ("0.80", "0.8"),
        ("1000000000", "1.0E9"),
        ("TRUE", "true"),
        ("9007199254740993", "9007199254740993"),
        ("/data/store", "/data/store"),
    ],
)
def test_the_same_value_in_the_words_of_java_is_no_difference(planned, found):
    assert find_differences({"key": planned}, {"key": found, "other": "x"}) == []


@pytest.mark.parametrize(
    ("planned", "found"),
    [
        ("2", "1"),
        ("true", "false"),
        ("true", "1"),
        ("/data/store", "/root/store"),
        ("9007199254740993", "9007199254740992"),
        ("ASYNC_FLUSH", "SYNC_FLUSH"),
        ("", "0"),
    ],
)
def test_another_value_is_named_with_its_key_and_both_values(planned, found):
    expected = [f"key is {found} instead of {planned}"]
    assert find_differences({"key": planned}, {"key": found}) == expected


def test_a_key_that_the_broker_does_not_report_is_named():
    (problem,) = find_differences({"inSyncReplica": "2"}, {"inSyncReplicas": "1"})
    assert problem == "inSyncReplica=2 is a key that the broker does not report"
