from __future__ import annotations

from typing import Any

import pytest

from console.observe.connection import PersistentConnection
from tests.unit.console.fake_cluster import FakeCluster
from tests.unit.console.passwords import PASSWORD
from tests.unit.console.serving import Client, console_app, serving
from tests.unit.console.stepping import SteppedCluster

REQUEST_SECONDS = 1.0


@pytest.fixture
def closed_connections(monkeypatch):
    """Close all persistent connections at the end of a test."""
    opened: list[PersistentConnection] = []

    class RecordedConnection(PersistentConnection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            opened.append(self)

    monkeypatch.setattr("console.observe.threads.PersistentConnection", RecordedConnection)
    yield RecordedConnection
    for connection in opened:
        connection.close()


@pytest.fixture
def connect_for(closed_connections):
    """Return what makes connections whose requests a counter counts."""
    return lambda counter: lambda address: closed_connections(address, REQUEST_SECONDS, counter)


@pytest.fixture
def cluster():
    with FakeCluster() as cluster:
        yield cluster


@pytest.fixture
def stepped(cluster, connect_for, monkeypatch):
    # Every request builds a new view.
    monkeypatch.setattr("console.server.snapshot.FRESH_SECONDS", 0.0)
    return SteppedCluster(cluster, connect_for)


@pytest.fixture(scope="module")
def client():
    """A shared server, for tests that send no wrong password."""
    with serving(console_app()) as client:
        yield client


@pytest.fixture
def fresh():
    """A server of the test's own, without failed logins."""
    with serving(console_app()) as client:
        yield client


@pytest.fixture
def member(client: Client) -> Client:
    return client.with_session(PASSWORD)
