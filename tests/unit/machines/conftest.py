import pytest

from machines.shared.paths import ROOT_VARIABLE, StackPaths


@pytest.fixture
def paths(tmp_path, monkeypatch):
    """A stack's paths below a temporary root, where nothing exists yet."""
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "state"))
    return StackPaths(stack="dev")
