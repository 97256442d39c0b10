import pytest

from machines.shared.paths import ROOT_VARIABLE, StackPaths


@pytest.fixture
def paths(tmp_path, monkeypatch):
    """A stack's paths under a root of the test's own, on which nothing was made yet."""
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "state"))
    return StackPaths(stack="dev")
