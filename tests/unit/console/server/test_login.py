from __future__ import annotations

import json
import logging
import socket

import pytest

from console.server.app import MAX_LOGIN_BYTES
from console.server.auth import MAX_FAILURES, SESSION_SECONDS
from tests.unit.console.passwords import OTHER, PASSWORD
from tests.unit.console.serving import basic, post


def test_the_page_redirects_to_the_login_without_a_session(client):
    answer = client.get("/")
    assert (answer.status, answer.headers["location"]) == (303, "/login")
    assert client.get("/login").body == b"<p>the login"


def test_a_login_opens_the_page_and_a_logout_closes_it(client):
    member = client.with_session(PASSWORD)
    assert member.get("/").body == b"<p>the page"
    logout = member.ask("POST", "/logout")
    assert logout.status == 204
    assert 'rocketmq-console=""' in logout.headers["set-cookie"]
    assert "Max-Age=0" in logout.headers["set-cookie"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    answer = client.log_in(PASSWORD)
    assert (answer.status, answer.body) == (204, b"")
    _, *flags = answer.headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=strict", "path=/", f"max-age={SESSION_SECONDS}"} <= set(flags)


def test_a_wrong_password_starts_no_session(fresh):
    answer = fresh.log_in(OTHER)
    assert (answer.status, answer.json()) == (401, {"error": "wrong password"})
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api/cluster", "/metrics"])
def test_the_cluster_is_not_shown_without_a_login(client, path):
    for headers in ({}, {"Cookie": "rocketmq-console=x.y.z"}, {"Authorization": "Bearer x"}):
        answer = client.get(path, **headers)
        assert (answer.status, answer.json()) == (401, {"error": "log in"})
        assert answer.headers["www-authenticate"].endswith('realm="console"')


@pytest.mark.parametrize("path", ["/api/cluster", "/metrics"])
def test_a_program_may_authenticate_each_request(fresh, path):
    assert fresh.get(path, Authorization=basic("admin", PASSWORD)).status == 200
    assert fresh.get(path, Authorization=basic("admin", OTHER)).status == 401
    assert fresh.get(path, Authorization=basic("root", PASSWORD)).status == 401


@pytest.mark.parametrize("value", ["Basic", "Basic ä", "Basic !", "basic /w==", "Basic YWRtaW4="])
def test_a_malformed_basic_login_is_refused(client, value):
    assert client.get("/metrics", Authorization=value.encode("latin-1")).status == 401


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "text/plain; application/json",
    ],
)
def test_media_types_that_a_foreign_form_can_send_are_refused(client, media_type):
    body = json.dumps({"password": PASSWORD}).encode()
    assert post(client, body, media_type).status == 415


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"]
)
def test_the_media_type_of_a_login_is_parsed_leniently(client, media_type):
    body = json.dumps({"password": PASSWORD}).encode()
    assert post(client, body, media_type).status == 204


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"password": 5}',
        b'{"password": null}',
        b'{"password": "\\ud800"}',
        b"\xff\xfe\xfa",
        b"[" * 4000,
        b"1" * 4090,
    ],
)
def test_a_malformed_login_is_refused(client, body):
    answer = post(client, body)
    assert answer.status == 400
    assert answer.json()["error"]


def test_a_login_that_is_too_long_is_refused(fresh):
    frame = len('{"password":""}')
    longest = json.dumps({"password": "x" * (MAX_LOGIN_BYTES - frame)}, separators=(",", ":"))
    assert post(fresh, longest.encode()).status == 401
    assert post(fresh, longest.encode() + b" ").status == 413


def test_a_client_that_disconnects_during_a_login_causes_no_error(fresh, caplog):
    fresh.get("/healthz")
    with socket.create_connection(fresh.address) as connection:
        connection.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
        # Answered only after the bytes above were read.
        fresh.get("/healthz")
    # Stopping the server waits for the abandoned request.
    fresh.stop()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_repeated_wrong_passwords_are_answered_with_a_waiting_time(fresh):
    for _ in range(MAX_FAILURES):
        assert fresh.log_in(OTHER).status == 401
    answer = fresh.log_in(PASSWORD)
    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    program = fresh.get("/metrics", Authorization=basic("admin", PASSWORD))
    assert (program.status, "retry-after" in program.headers) == (429, True)


def test_repeated_wrong_passwords_end_no_session(fresh):
    member = fresh.with_session(PASSWORD)
    for _ in range(MAX_FAILURES + 1):
        fresh.log_in(OTHER)
    assert member.get("/api/cluster").status == 200


def test_a_link_cannot_end_a_session(client):
    assert client.get("/logout").status == 405


def test_neither_passwords_nor_sessions_are_logged(fresh, caplog):
    caplog.set_level(logging.DEBUG)
    session = fresh.with_session(PASSWORD)
    fresh.log_in(OTHER)
    post(fresh, f'{{"password": "{PASSWORD}"'.encode())
    fresh.get("/metrics", Authorization=basic("admin", PASSWORD))
    session.get("/")
    assert "wrong password from 127.0.0.1" in caplog.text
    secrets = (
        PASSWORD,
        OTHER,
        session.default_headers["Cookie"].partition("=")[2],
        basic("admin", PASSWORD),
    )
    assert [text for text in secrets if text in caplog.text] == []
