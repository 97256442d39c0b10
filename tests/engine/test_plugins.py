"""The engine looks for the plugins of the stack's own provider only."""

import re
import shutil

import pytest

from project import ROOT
from toolchain.recipe import BINARIES

pytestmark = pytest.mark.engine

REQUIRED = re.compile(r"package (\S+) \(.*\) is required by language host")


@pytest.fixture
def engine_with_one_plugin(engine, tmp_path):
    """An engine whose home has the plugin for commands, and that downloads no other one."""
    name, version = next(binary.plugin for binary in BINARIES if binary.plugin)
    assert name == "command"
    plugin = f"resource-command-v{version}"
    plugins = tmp_path / "home" / "plugins"
    shutil.copytree(ROOT / ".state" / "pulumi-home" / "plugins" / plugin, plugins / plugin)
    engine.environment["PULUMI_HOME"] = str(tmp_path / "home")
    engine.environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    return engine, f"command-{version}"


def test_stack_local_requires_the_plugin_for_commands_and_no_other(engine_with_one_plugin):
    engine, plugin = engine_with_one_plugin
    done = engine.preview("-v=9", "--logtostderr")
    assert done.returncode == 0, done.stdout[-2000:]
    assert set(REQUIRED.findall(done.stderr)) == {plugin}
    assert "libvirt" not in done.stderr
