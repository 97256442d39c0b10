from __future__ import annotations

import gzip

import pytest

from console.server.security_headers import HEADERS
from console.server.snapshot import SnapshotCache
from tests.unit.console.openapi import DOCUMENT, faults_in
from tests.unit.console.passwords import PASSWORD

ADDRESSES = ["/", "/login", "/healthz", "/api/cluster", "/metrics", "/openapi.json", "/app.js"]


def test_the_cluster_conforms_to_its_schema(member):
    answer = member.get("/api/cluster")
    assert answer.headers["content-type"] == "application/json"
    assert faults_in(answer.json()) == []


def test_an_unchanged_cluster_is_answered_by_304(member, monkeypatch):
    monkeypatch.setattr("console.server.snapshot.FRESH_SECONDS", 1e9)
    answer = member.get("/api/cluster")
    again = member.get("/api/cluster", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    assert member.get("/api/cluster", If_None_Match='"another"').status == 200


@pytest.mark.parametrize("path", ["/", "/login", "/app.js", "/openapi.json"])
def test_an_unchanged_file_is_answered_by_304(member, path):
    answer = member.get(path)
    assert answer.headers["cache-control"] == "no-cache"
    assert member.get(path, If_None_Match=f"W/{answer.headers['etag']}").status == 304
    assert member.get(path, If_None_Match='"another"').status == 200


def test_the_cluster_is_compressed_for_clients_that_accept_gzip(member, monkeypatch):
    monkeypatch.setattr("console.server.snapshot.FRESH_SECONDS", 1e9)
    plain = member.get("/api/cluster")
    packed = member.get("/api/cluster", Accept_Encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in plain.headers
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("deflate, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("br, gzip; q=0.0", False),
        ("x-gzipped", False),
        ("identity", False),
        ("", False),
    ],
)
def test_the_cluster_is_compressed_only_if_gzip_is_acceptable(member, accepted, is_packed):
    answer = member.get("/api/cluster", Accept_Encoding=accepted)
    assert ("content-encoding" in answer.headers) is is_packed


def test_the_metrics_are_text_that_is_not_cached(member):
    answer = member.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert b'rocketmq_cluster_state{state="' in answer.body


def test_the_health_check_needs_no_login(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_description_needs_no_login(client):
    assert client.get("/openapi.json").json() == DOCUMENT


@pytest.mark.parametrize(
    "path",
    [
        "/x",
        "/index.html",
        "/login.html",
        "/api",
        "/api/",
        "/metrics/",
        "/api/cluster/",
        "//login",
        "/../app.js",
        "/%2e%2e/x",
        "/app.js%00",
    ],
)
def test_an_unknown_address_is_not_found(client, path):
    answer = client.get(path)
    assert (answer.status, answer.json()) == (404, {"error": "Not Found"})


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_head_request_is_answered_like_get_without_a_body(client, path):
    got, head = client.get(path), client.ask("HEAD", path)
    assert (head.status, head.body) == (got.status, b"")
    assert head.headers.keys() == got.headers.keys()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", [*ADDRESSES, "/logout"])
def test_another_method_is_refused(client, method, path):
    answer = client.ask(method, path)
    assert (answer.status, answer.json()) == (405, {"error": "Method Not Allowed"})
    assert method not in answer.headers["allow"]


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_a_refused_method_is_answered_with_all_allowed_ones(client, path):
    described = {method.upper() for method in DOCUMENT["paths"][path]}
    allowed = set(client.ask("DELETE", path).headers["allow"].split(", "))
    assert allowed - {"HEAD"} == described


@pytest.mark.parametrize("path", [*ADDRESSES, "/logout", "/x"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_every_response_has_the_security_headers(client, method, path):
    headers = client.ask(method, path).headers
    assert {name: headers.get(name.lower()) for name in HEADERS} == HEADERS
    assert "server" not in headers


def test_an_internal_error_is_answered_in_json_with_security_headers(fresh, monkeypatch):
    monkeypatch.setattr(SnapshotCache, "view", None)
    answer = fresh.with_session(PASSWORD).get("/api/cluster")
    assert (answer.status, answer.json()) == (500, {"error": "failed"})
    assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS
