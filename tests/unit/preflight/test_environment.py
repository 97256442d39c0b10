"""A program that is newer than its packages is refused, not run."""

import sys

import pytest

from blueprint.errors import SettingsError
from preflight import environment
from tests.support.stacks import raw_cluster, settings_of


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The copy of the lock in the environment; the project's holds `new`."""
    root, venv = tmp_path / "project", tmp_path / ".venv"
    root.mkdir()
    venv.mkdir()
    (root / "uv.lock").write_text("new")
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(sys, "prefix", str(venv))
    return venv / "uv.lock"


def check():
    settings_of(raw_cluster(), environment.find_environment_problems)


def test_packages_of_another_lock_are_one_line_with_the_command_that_installs_the_right_ones(
    installed,
):
    installed.write_text("old")
    with pytest.raises(SettingsError) as refused:
        check()
    assert refused.value.problems == (
        ".venv: has the packages of another uv.lock; run make python",
    )


def test_packages_of_the_same_lock_are_no_problem(installed):
    installed.write_text("new")
    check()


def test_an_environment_that_make_did_not_make_is_not_checked(installed):
    assert not installed.exists()
    check()
