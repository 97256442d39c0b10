from __future__ import annotations

from typing import Any

import pytest

from console.observe.connection import Line
from tests.unit.console.fake_cluster import FakeCluster
from tests.unit.console.passwords import PASSWORD
from tests.unit.console.serving import Client, serving, stand_in_app
from tests.unit.console.steps import Steps


@pytest.fixture
def lines(monkeypatch):
    """Closes at the end what a console keeps open for as long as it runs."""
    opened: list[Line] = []

    class ClosedLine(Line):
        def __init__(self, *told: Any) -> None:
            super().__init__(*told)
            opened.append(self)

    monkeypatch.setattr("console.observe.pollers.Line", ClosedLine)
    monkeypatch.setattr("console.observe.inventory.Line", ClosedLine)
    yield
    for line in opened:
        line.close()


@pytest.fixture
def cluster():
    with FakeCluster() as cluster:
        yield cluster


@pytest.fixture
def steps(cluster, request, monkeypatch):
    request.getfixturevalue("lines")
    # A test looks at each moment anew.
    monkeypatch.setattr("console.server.snapshot.FRESH_SECONDS", 0.0)
    return Steps(cluster)


@pytest.fixture(scope="module")
def client():
    """A server for tests that give no wrong password."""
    with serving(stand_in_app()) as client:
        yield client


@pytest.fixture
def fresh():
    """A server of a test's own, to which nobody gave a wrong password."""
    with serving(stand_in_app()) as client:
        yield client


@pytest.fixture
def member(client: Client) -> Client:
    return client.with_session(PASSWORD)
