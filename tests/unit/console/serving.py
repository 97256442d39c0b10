"""The console's server in a thread on a loopback port, and a client that follows no redirects."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from console.observe.connection import RequestCounter
from console.server.app import make_app
from console.server.auth import Authenticator
from console.server.content import Content, read_page
from console.server.snapshot import SnapshotCache
from remoting.plan.plan import parse_plan
from tests.unit.console.observed import CONFIGURATION, healthy
from tests.unit.console.passwords import hash_line
from tests.unit.remoting.plans import seed_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.types import ASGIApp

SECONDS = 30


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    address: tuple[str, int]
    default_headers: Mapping[str, str] = field(default_factory=dict)
    stop: Callable[[], None] = lambda: None
    """Stop the server after the requests in progress."""

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request; `_` in a header's name becomes `-`."""
        connection = http.client.HTTPConnection(*self.address, timeout=SECONDS)
        try:
            sent = {name.replace("_", "-"): text for name, text in headers.items()}
            connection.request(method, path, body, {**self.default_headers, **sent})
            answer = connection.getresponse()
            names = {name.lower(): text for name, text in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def log_in(self, password: str) -> Answer:
        body = json.dumps({"password": password}).encode()
        return self.ask("POST", "/login", body, Content_Type="application/json")

    def with_session(self, password: str) -> Client:
        """Log in and return a client with the session."""
        cookie = self.log_in(password).headers["set-cookie"].partition(";")[0]
        return Client(self.address, {**self.default_headers, "Cookie": cookie})


def console_app(snapshots: SnapshotCache | None = None) -> ASGIApp:
    """Return the console of a healthy cluster, or of `snapshots`, with stand-ins for the page."""
    html = "text/html; charset=utf-8"
    pages = {
        "index.html": Content(b"<p>the page", html),
        "login.html": Content(b"<p>the login", html),
        "app.js": Content(b"start()", "text/javascript; charset=utf-8"),
        "openapi.json": read_page()["openapi.json"],
    }
    plan = parse_plan(seed_plan())
    healthy_cluster = SnapshotCache(plan, CONFIGURATION, healthy(plan), RequestCounter())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("console.server.app.read_page", lambda: pages)
        return make_app(snapshots or healthy_cluster, Authenticator(hash_line()))


@contextmanager
def serving(app: ASGIApp, **options: Any) -> Iterator[Client]:
    """Serve until the block ends; `options` go to uvicorn."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            **options,
        )
        server = uvicorn.Server(config)
        # Connections made before the server runs wait in the listener.
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join(SECONDS)
            assert not thread.is_alive()

        try:
            yield Client(listener.getsockname(), stop=stop)
        finally:
            stop()


def basic(user: str, password: str) -> str:
    """Return an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def post(client: Client, body: bytes, media_type: str = "application/json") -> Answer:
    """Send any body to the login."""
    return client.ask("POST", "/login", body, Content_Type=media_type)
