"""The console's program is on this computer, and is the one that the settings mean."""

import hashlib

import pytest

from blueprint.errors import SettingsError
from preflight.console_program import find_jar_problems, plan_console_program
from tests.support.stacks import changed, planned, settings_of

DIGEST = "0123456789abcdef" * 8


def dashboard(jar):
    return changed(console={"kind": "dashboard", "jar": jar})


@pytest.fixture
def jar(tmp_path):
    path = tmp_path / "dashboard.jar"
    path.write_bytes(b"a jar")
    digest = hashlib.sha512(b"a jar").hexdigest()
    return {"source": "file", "path": str(path), "sha512": digest}


def test_a_jar_on_this_computer_is_uploaded_from_a_path_below_the_project(
    jar, monkeypatch, tmp_path
):
    monkeypatch.setattr("preflight.console_program.ROOT", tmp_path)
    raw = dashboard(jar)
    settings_of(raw, find_jar_problems)
    program = plan_console_program(planned(raw))
    assert program.upload_path == f".state/archive/{jar['sha512'][:16]}.zip"
    assert (tmp_path / program.upload_path).read_bytes() == b"a jar"


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"sha512": DIGEST}, "has SHA-512"),
        ({"path": "none.jar"}, "cannot read"),
    ],
)
def test_a_missing_jar_or_one_of_another_digest_is_refused(jar, changes, cause):
    with pytest.raises(SettingsError) as refused:
        settings_of(dashboard({**jar, **changes}), find_jar_problems)
    (line,) = refused.value.problems
    assert line.startswith("cluster.console.jar.path: ")
    assert cause in line


def test_without_a_console_there_is_no_program():
    assert plan_console_program(planned(changed(console="none"))) is None
