from __future__ import annotations

import pytest

from remoting.configuration import compare_configuration, find_differences
from remoting.errors import NotYetError
from remoting.plan import parse_plan
from tests.unit.remoting.plans import broker, name_server, plan_of, replica
from tests.unit.remoting.scripted_peer import ScriptedPeer


@pytest.mark.parametrize(
    ("planned", "live"),
    [("48", "48"), ("0.8", "0.80"), ("1000000000", "1.0E9"), ("true", "true")],
)
def test_the_same_value_spelled_in_javas_way_is_no_difference(planned, live):
    assert find_differences({"key": planned}, {"key": live, "other": "x"}) == []


@pytest.mark.parametrize(
    ("live", "problem"),
    [
        ({"inSyncReplicas": "1"}, "inSyncReplicas is 1 instead of 2"),
        ({}, "inSyncReplicas=2 is a key that the broker does not report"),
        ({"inSyncReplicas": "nan"}, "inSyncReplicas is nan instead of 2"),
    ],
)
def test_another_value_and_an_unknown_key_are_named(live, problem):
    assert find_differences({"inSyncReplicas": "2"}, live) == [problem]


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


def test_a_drain_and_comments_are_passed_over(tmp_path):
    text = "# a=1\nbrokerPermission=6\n\nbrokerId=0\ndeleteWhen=04\n"
    assert compare(tmp_path, text, "brokerPermission=4\nbrokerId=0\ndeleteWhen=04\n") == 2


def test_what_an_election_decides_is_passed_over_for_a_replica_alone(tmp_path):
    text, live = "brokerId=-1\nbrokerRole=SLAVE\n", "brokerId=0\nbrokerRole=SYNC_MASTER\n"
    assert compare(tmp_path, text, live, replica) == 0
    with pytest.raises(
        NotYetError, match="brokerId is 0 instead of -1; brokerRole is SYNC_MASTER"
    ):
        compare(tmp_path, text, live)


def test_a_file_that_is_gone_is_named_with_the_remedy(tmp_path):
    found = planned(tmp_path, "", broker, "127.0.0.1:1")
    (tmp_path / "broker-a.properties").unlink()
    with pytest.raises(NotYetError, match=r"broker-a\.properties cannot be read .* run the"):
        compare_configuration(found, 1.0)
