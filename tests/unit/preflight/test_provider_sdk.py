"""The stack's provider has its SDK before anything is made."""

import pytest

from blueprint.errors import SettingsError
from preflight import provider_sdk
from tests.support.stacks import raw_cluster, settings_of

PROJECT = '[dependency-groups]\nlibvirt = ["pulumi-libvirt==9.8.7"]\n'


@pytest.fixture
def check(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr(provider_sdk, "ROOT", tmp_path)
    return lambda settings: provider_sdk.find_sdk_problems(settings, stack="lab")


def test_a_missing_sdk_is_one_line_with_the_command_that_installs_it(check):
    with pytest.raises(SettingsError) as refused:
        settings_of(raw_cluster("lab"), check)
    (line,) = refused.value.problems
    assert line == (
        "cluster.hosts.provider: 'libvirt' needs pulumi-libvirt 9.8.7, which is not installed; "
        "run make setup STACK=lab"
    )


def test_an_installed_sdk_is_no_problem(check, tmp_path):
    (tmp_path / ".state/sdks/libvirt-9.8.7").mkdir(parents=True)
    settings_of(raw_cluster("lab"), check)


def test_other_providers_need_no_sdk(check):
    settings_of(raw_cluster("local"), check)
