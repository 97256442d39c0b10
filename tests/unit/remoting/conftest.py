from __future__ import annotations

import pytest

from remoting import polling
from remoting.checks import registration
from tests.unit.remoting.fake_clock import FakeClock


@pytest.fixture
def clock(monkeypatch):
    """The clock of polls and nudges; requests still take real time."""
    fake = FakeClock()
    for module in (polling, registration):
        monkeypatch.setattr(module, "time", fake)
    return fake
