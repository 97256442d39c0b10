"""toolchain/env puts the project's tools on PATH in any shell."""

import shutil
import subprocess

import pytest

from project import ROOT

ENV_FILE = ROOT / "toolchain" / "env"
SHELLS = [shell for shell in ("bash", "zsh", "dash") if shutil.which(shell)]


@pytest.fixture
def clone(tmp_path):
    root = tmp_path / "a clone"
    (root / "toolchain").mkdir(parents=True)
    shutil.copy(ENV_FILE, root / "toolchain" / "env")
    (root / ".state" / "bin").mkdir(parents=True)
    (root / ".state" / "bin" / "pulumi").touch()
    return root


def variables_after(shell, clone, *, folder=None, times=1, given=None):
    """Return the environment after sourcing the file in a strict shell."""
    source = f". '{clone}/toolchain/env'; " * times
    printed = subprocess.run(
        [shell, "-c", f"set -eu; {source} env"],
        cwd=folder or clone,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **(given or {})},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


def folders_of(clone):
    return [
        f"{clone}/{name}" for name in ("toolchain/bin", ".state/bin", ".venv/bin", ".state/uv/bin")
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_projects_tools_come_first_and_once(shell, clone):
    path = variables_after(shell, clone, times=2)["PATH"].split(":")
    assert path == [*folders_of(clone), "/usr/bin", "/bin"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_clone_has_its_own_state_and_passphrase(shell, clone):
    variables = variables_after(shell, clone)
    assert variables["PULUMI_HOME"] == f"{clone}/.state/pulumi-home"
    assert variables["PULUMI_BACKEND_URL"] == f"file://{clone}/.state/backend?metadata=skip"
    assert variables["PULUMI_CONFIG_PASSPHRASE_FILE"] == f"{clone}/.state/passphrase"
    assert variables["PULUMI_SKIP_UPDATE_CHECK"] == "true"
    assert variables["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] == "true"
    assert variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert (clone / ".state" / "backend").is_dir()


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shell != "dash"])
def test_it_works_from_any_folder(shell, clone, tmp_path):
    variables = variables_after(shell, clone, folder=tmp_path)
    assert variables["PULUMI_HOME"] == f"{clone}/.state/pulumi-home"


@pytest.mark.parametrize("shell", SHELLS)
def test_variables_set_by_the_user_are_kept(shell, clone):
    given = {"PULUMI_BACKEND_URL": "s3://states", "PULUMI_CONFIG_PASSPHRASE": ""}
    variables = variables_after(shell, clone, given=given)
    assert variables["PULUMI_BACKEND_URL"] == "s3://states"
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in variables
    assert not (clone / ".state" / "backend").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_an_installed_engine_keeps_its_own_home_and_downloads_plugins(shell, clone):
    (clone / ".state" / "bin" / "pulumi").unlink()
    variables = variables_after(shell, clone)
    assert "PULUMI_HOME" not in variables
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in variables


@pytest.mark.parametrize("shell", SHELLS)
def test_uvs_python_is_not_first_in_an_activated_environment(shell, clone):
    given = {"PATH": f"{clone}/.venv/bin:/usr/bin:/bin"}
    path = variables_after(shell, clone, times=2, given=given)["PATH"].split(":")
    assert path[:4] == folders_of(clone)
