from __future__ import annotations

import base64
import io
import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from remoting.checks.console import (
    check_console_answers,
    check_console_login,
    check_dashboard_login,
)
from remoting.commands.main import main
from remoting.errors import CheckFailedError
from remoting.polling import Deadline

LOGIN = "Basic " + base64.b64encode(b"admin:secret").decode()
PAGES = {
    "/healthz": (200, "{}"),
    "/": (200, "<html>"),
    "/login": (200, "<form>"),
    "/login/check.query": (200, '{"logined": false, "loginRequired": true}'),
}


def document(name="DefaultCluster", state="healthy"):
    return json.dumps({"cluster": {"name": name}, "state": state})


@contextmanager
def console(cluster=None, *, open_to_all=False, **pages):
    """A console that serves these pages, and the API to those who log in."""
    answers = {**PAGES, **{f"/{name}": page for name, page in pages.items()}}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, text = answers.get(self.path, (404, ""))
            if self.path == "/api/cluster":
                allowed = open_to_all or self.headers.get("Authorization") == LOGIN
                status, text = (200, cluster or document()) if allowed else (401, "")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def log_in(url, *guess):
    (password,) = guess or ["secret"]
    return check_console_login(url, "DefaultCluster", password, Deadline.after(0.3))


def test_the_state_that_the_console_shows_is_returned():
    with console(document(state="degraded")) as url:
        assert log_in(url) == "degraded"


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"cluster": document(name="Other")}, "shows cluster Other, not DefaultCluster"),
        ({"cluster": document(state="starting")}, "has not seen every broker yet"),
        ({"cluster": "[]"}, "is not the console's"),
        ({"cluster": "<html>"}, "is not the console's"),
        ({"open_to_all": True}, "/api/cluster answered 200 instead of 401"),
        ({"login": (200, "hello")}, "is not a login page"),
        ({"login": (500, "")}, "/login answered 500 instead of 200"),
    ],
)
def test_all_but_a_console_of_this_cluster_with_a_login_is_refused(given, cause):
    with console(**given) as url, pytest.raises(CheckFailedError, match=cause):
        log_in(url)


def test_a_wrong_password_is_reported_without_it():
    with console() as url, pytest.raises(CheckFailedError, match="answered 401") as refused:
        log_in(url, "guessed")
    assert "guessed" not in str(refused.value)


def test_a_closed_port_is_reported_with_where_to_look():
    with pytest.raises(CheckFailedError, match=r"127\.0\.0\.1:9.*journalctl -u rocketmq-console"):
        check_console_answers("http://127.0.0.1:9", "builtin", Deadline.after(0.2))


def test_a_dashboard_must_ask_for_a_login():
    with console() as url:
        assert check_dashboard_login(url, Deadline.after(1)) == "login required"
    answer = (200, '{"loginRequired":false}')
    with (
        console(**{"login/check.query": answer}) as url,
        pytest.raises(CheckFailedError, match="requires no login"),
    ):
        check_dashboard_login(url, Deadline.after(0.2))


@pytest.mark.parametrize(
    ("kind", "state"), [("builtin", "healthy"), ("dashboard", "login required")]
)
def test_the_command_reads_the_password_from_its_input(kind, state, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    words = ["console-answers", "--kind", kind, "--log-in-to", "DefaultCluster", "--timeout", "1"]
    with console() as url:
        assert main([*words, "--url", url]) == 0
    assert json.loads(capsys.readouterr().out) == {"url": url, "state": state}


@pytest.mark.parametrize("kind", ["builtin", "dashboard"])
def test_without_a_login_it_only_waits_until_the_console_answers(kind, capsys):
    words = ["console-answers", "--kind", kind, "--timeout", "0.2", "--url"]
    with console() as url:
        assert main([*words, url]) == 0
    assert main([*words, "http://127.0.0.1:9"]) == 1
    assert "console-answers failed" in capsys.readouterr().err
