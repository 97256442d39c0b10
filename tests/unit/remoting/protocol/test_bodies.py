from __future__ import annotations

import pytest

from remoting.protocol.bodies import parse_json_object, parse_properties, render_properties


def test_unquoted_numeric_keys_are_read():
    body = b'{"brokerAddrs":{0:"127.0.0.1:10911", 1:"127.0.0.1:11911",-1:"x"}}'
    addresses = {"0": "127.0.0.1:10911", "1": "127.0.0.1:11911", "-1": "x"}
    assert parse_json_object(body) == {"brokerAddrs": addresses}


def test_text_that_looks_like_a_numeric_key_stays_as_it_is():
    body = rb'{"a":"{1:2,3:4","b\"{5:":6}'
    assert parse_json_object(body) == {"a": "{1:2,3:4", 'b"{5:': 6}


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 200_000])
def test_a_body_that_is_not_an_object_is_a_value_error(body):
    with pytest.raises(ValueError, match=r"\S"):
        parse_json_object(body)


def test_properties_keep_everything_after_the_first_equals_sign():
    assert parse_properties(b"a=1\n\nb = c=d \nnoise\ne=\n") == {"a": "1", "b": " c=d ", "e": ""}


def test_properties_are_rendered_one_per_line():
    assert render_properties({"a": "1", "b": ""}) == b"a=1\nb=\n"


def test_a_key_that_is_an_object_becomes_its_own_text():
    table = b'{"t":{{"queueId":2,"topic":"a"}:{"maxOffset":7},{"queueId":0,"topic":"b"}:{}},'
    body = table + b'"u":[{"x":1},{"y":2}]}'
    assert parse_json_object(body) == {
        "t": {'{"queueId":2,"topic":"a"}': {"maxOffset": 7}, '{"queueId":0,"topic":"b"}': {}},
        "u": [{"x": 1}, {"y": 2}],
    }
