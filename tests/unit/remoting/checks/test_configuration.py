from __future__ import annotations

import pytest

from remoting.checks.configuration import compare_configuration, find_differences
from remoting.errors import NotYetError
from remoting.plan.plan import parse_plan
from tests.unit.remoting.plans import broker, name_server, plan_of, replica
from tests.unit.remoting.scripted_peer import ScriptedPeer


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
def test_the_same_value_as_java_prints_it_is_no_difference(planned, found):
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


def planned(tmp_path, text, make, address):
    file = tmp_path / "broker-a.properties"
    file.write_text(text)
    changes = {"configFile": str(file)}
    if make is replica:
        plan = plan_of(
            [name_server(1, "127.0.0.1:1")], [replica(1, address, **changes)], election="dledger"
        )
    else:
        plan = plan_of(
            [name_server(1, "127.0.0.1:1")], [broker("broker-a", "server1", address, **changes)]
        )
    return parse_plan(plan).brokers[0]


def compare(tmp_path, text, live, make=broker):
    with ScriptedPeer(lambda request: request.answer(body=live.encode())) as peer:
        return compare_configuration(planned(tmp_path, text, make, peer.address), 1.0)


def test_a_drain_and_comments_are_ignored(tmp_path):
    text = "# a=1\nbrokerPermission=6\n\nbrokerId=0\ndeleteWhen=04\n"
    assert compare(tmp_path, text, "brokerPermission=4\nbrokerId=0\ndeleteWhen=04\n") == 2


def test_what_an_election_decides_is_ignored_for_replicas_only(tmp_path):
    text, live = "brokerId=-1\nbrokerRole=SLAVE\n", "brokerId=0\nbrokerRole=SYNC_MASTER\n"
    assert compare(tmp_path, text, live, replica) == 0
    with pytest.raises(
        NotYetError, match="brokerId is 0 instead of -1; brokerRole is SYNC_MASTER"
    ):
        compare(tmp_path, text, live)


def test_a_missing_file_is_named_with_the_remedy(tmp_path):
    found = planned(tmp_path, "", broker, "127.0.0.1:1")
    (tmp_path / "broker-a.properties").unlink()
    with pytest.raises(NotYetError, match=r"broker-a\.properties cannot be read .* run the"):
        compare_configuration(found, 1.0)
