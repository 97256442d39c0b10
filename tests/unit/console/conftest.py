from __future__ import annotations

from typing import Any

import pytest

from console.observe.connection import PersistentConnection
from tests.unit.console.fake_cluster import FakeCluster
from tests.unit.console.passwords import PASSWORD
from tests.unit.console.serving import Client, console_app, serving
from tests.unit.console.stepping import SteppedCluster


@pytest.fixture
def lines(monkeypatch):
    """Closes at the end what a console keeps open for as long as it runs."""
    opened: list[PersistentConnection] = []

    class ClosedLine(PersistentConnection):
        def __init__(self, *told: Any) -> None:
            super().__init__(*told)
            opened.append(self)

    monkeypatch.setattr("console.observe.pollers.PersistentConnection", ClosedLine)
    monkeypatch.setattr("console.observe.inventory.PersistentConnection", ClosedLine)
    yield
    for line in opened:
        line.close()


@pytest.fixture
def cluster():
    with FakeCluster() as cluster:
        yield cluster


@pytest.fixture
def stepped(cluster, request, monkeypatch):
    request.getfixturevalue("lines")
    # A test looks at each moment anew.
    monkeypatch.setattr("console.server.snapshot.FRESH_SECONDS", 0.0)
    return SteppedCluster(cluster)


@pytest.fixture(scope="module")
def client():
    """A server for tests that give no wrong password."""
    with serving(console_app()) as client:
        yield client


@pytest.fixture
def fresh():
    """A server of a test's own, to which nobody gave a wrong password."""
    with serving(console_app()) as client:
        yield client


@pytest.fixture
def member(client: Client) -> Client:
    return client.with_session(PASSWORD)
