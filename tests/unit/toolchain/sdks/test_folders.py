"""The SDK of a provider is outside the environment, in a folder named by its versions."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from blueprint.settings.hosts import HostsSettings
from project import ROOT
from toolchain.recipe import BINARIES
from toolchain.sdks import folders

PROJECT = """
[dependency-groups]
dev = ["pytest==1"]
cloud = ["pulumi-cloud==7.51.1", "pulumi-tls==5.6.2"]
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


def test_each_group_but_that_of_development_is_a_provider(root):
    assert folders.providers(root) == ("cloud",)


def test_each_group_of_this_project_is_a_provider_of_hosts():
    models = get_args(get_args(HostsSettings)[0])
    known = {get_args(model.model_fields["provider"].annotation)[0] for model in models}
    assert known >= set(folders.providers(ROOT)) >= {"libvirt"}


def test_a_folder_is_named_by_the_versions_of_its_packages(root):
    assert folders.packages_of(root, "cloud") == {"pulumi-cloud": "7.51.1", "pulumi-tls": "5.6.2"}
    assert folders.sdk_folder(root, "cloud") == root / ".state/sdks/cloud-7.51.1-5.6.2"


def test_a_provider_without_a_group_needs_no_sdk(root):
    assert folders.packages_of(root, "nspawn") == {}


def test_the_environment_comes_before_the_sdk_which_is_added_once(root, monkeypatch):
    monkeypatch.setattr(sys, "path", ["the environment"])
    folders.use_sdk(root, "cloud")
    folders.use_sdk(root, "cloud")
    assert sys.path == ["the environment", str(folders.sdk_folder(root, "cloud"))]


def test_the_environment_holds_the_sdk_of_no_provider_that_only_some_stacks_use():
    """The engine asks for the plugin of every SDK in it, whichever stack it runs."""
    shown = subprocess.run(
        # Another process: this one may import an SDK from its folder.
        [sys.executable, "-c", "import json, sys; json.dump(sys.path, sys.stdout)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = [file.parent.name for folder in json.loads(shown) for file in sdks_in(Path(folder))]
    assert found == ["pulumi_command"]


def sdks_in(folder):
    return folder.glob("*/pulumi-plugin.json")


def test_an_sdk_depends_on_nothing_that_the_environment_lacks():
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    needs = {
        package["name"]: {needed["name"] for needed in package.get("dependencies", ())}
        for package in lock["package"]
    }
    environment = reached("rocketmq-clusters", needs)
    for provider in folders.providers(ROOT):
        own = set(folders.packages_of(ROOT, provider))
        assert own.isdisjoint(environment)
        assert set().union(*(needs[name] for name in own)) - own <= environment


def reached(name, needs):
    found, waiting = set(), {name}
    while waiting:
        found |= waiting
        waiting = set().union(*(needs[name] for name in waiting)) - found
    return found


def test_the_plugin_that_is_built_has_the_version_of_the_sdk():
    plugins = dict(binary.plugin for binary in BINARIES if binary.plugin)
    for provider in folders.providers(ROOT):
        assert folders.packages_of(ROOT, provider)[f"pulumi-{provider}"] == plugins[provider]


@pytest.mark.parametrize("provider", folders.providers(ROOT))
def test_mypy_reads_the_sdk_by_its_link(provider):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    link = folders.sdk_link(ROOT, provider).relative_to(ROOT)
    assert f"$MYPY_CONFIG_FILE_DIR/{link}" in project["tool"]["mypy"]["mypy_path"]
