from __future__ import annotations

import json

import pytest

from remoting.errors import MalformedAnswerError
from remoting.protocol.connection import Connection
from remoting.requests.admin import TopicConfig
from remoting.requests.inventory import (
    Consumption,
    all_topics,
    consumer_offsets,
    online_consumers,
    subscription_groups,
    topic_ends,
)
from tests.unit.remoting.scripted_peer import ScriptedPeer


def asked(ask, body=b"", code=0, *, wanted):
    """Return what `ask` reads from an answer, and check which request it sent."""

    def answer(request):
        assert request.code == wanted
        return request.answer(code=code, body=body)

    with ScriptedPeer(answer) as peer, Connection(peer.address, 1) as connection:
        return ask(connection)


def test_topics_are_read_with_their_queues_and_permission():
    entry = {"readQueueNums": 4, "writeQueueNums": 8, "perm": 6, "topicName": "orders"}
    body = json.dumps({"dataVersion": {}, "topicConfigTable": {"orders": entry}}).encode()
    assert asked(all_topics, body, wanted=21) == {"orders": TopicConfig(4, 8, 6)}


def test_offsets_are_read_by_group_topic_and_queue():
    body = (
        b'{"offsetTable":{"orders@billing":{0:17,3:5},"%RETRY%billing@billing":{0:1},"odd":{0:1}}}'
    )
    assert asked(consumer_offsets, body, wanted=43) == (
        Consumption("billing", "orders", {0: 17, 3: 5}),
        Consumption("billing", "%RETRY%billing", {0: 1}),
    )


def test_queue_ends_are_read_though_their_keys_are_objects():
    def key(queue):
        return f'{{"brokerName":"broker-a","queueId":{queue},"topic":"orders"}}'

    value = '{"lastUpdateTimestamp":0,"maxOffset":%d,"minOffset":0}'
    body = f'{{"offsetTable":{{{key(2)}:{value % 9},{key(0)}:{value % 4}}},"topicPutTps":0.0}}'
    assert asked(lambda c: topic_ends(c, "orders"), body.encode(), wanted=202) == {2: 9, 0: 4}


def test_a_deleted_topic_has_no_ends():
    assert asked(lambda c: topic_ends(c, "gone"), code=17, wanted=202) == {}


def test_consumer_groups_are_read_by_name():
    body = b'{"subscriptionGroupTable":{"b":{},"a":{}}}'
    assert asked(subscription_groups, body, wanted=201) == ("a", "b")


@pytest.mark.parametrize(("code", "count"), [(0, 2), (1, 0)])
def test_a_group_without_a_client_is_answered_as_an_error(code, count):
    body = b'{"consumerIdList":["one","two"]}'
    assert asked(lambda c: online_consumers(c, "g"), body, code, wanted=38) == count


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"topicConfigTable":{"a":1}}'])
def test_another_body_is_a_malformed_answer(body):
    with pytest.raises(MalformedAnswerError, match="an unexpected body"):
        asked(all_topics, body, wanted=21)
