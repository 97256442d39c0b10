import pytest

from machines.shared.places import ROOT_VARIABLE, StackPlace


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A stack's place under a root of the test's own, on which nothing was made yet."""
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "state"))
    return StackPlace(stack="dev")
