"""The toolchain is built once per digest of its sources."""

import filecmp
import re
import shutil
import threading
import tomllib
from pathlib import Path

import pytest
import yaml

from project import ROOT
from system.errors import LocalError
from system.locks import locked
from toolchain import build, recipe


@pytest.fixture
def layout(tmp_path):
    return build.Layout(root=tmp_path / "clone", cache=tmp_path / "cache")


@pytest.fixture
def modules(tmp_path):
    folder = tmp_path / "modules" / "engine"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module m\n\ngo 1.24.1\n")
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text("package main\n")
    return folder.parent


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["go.mod", "go.sum", "main.go"])
def test_a_changed_source_changes_the_digest(modules, name):
    before = recipe.toolchain_digest(modules, "go1.26")
    (modules / "engine" / name).write_text("changed\n")
    assert recipe.toolchain_digest(modules, "go1.26") != before


def test_tests_and_documentation_do_not_change_the_digest(modules):
    before = recipe.toolchain_digest(modules, "go1.26")
    (modules / "engine" / "main_test.go").write_text("package main\n")
    (modules / "engine" / "README.md").write_text("new\n")
    assert recipe.toolchain_digest(modules, "go1.26") == before


def test_another_go_or_recipe_changes_the_digest(modules, monkeypatch):
    before = recipe.toolchain_digest(modules, "go1.26")
    assert recipe.toolchain_digest(modules, "go1.27") != before
    monkeypatch.setattr(recipe, "BINARIES", recipe.BINARIES[1:])
    assert recipe.toolchain_digest(modules, "go1.26") != before


def test_the_digest_does_not_depend_on_where_the_clone_is(modules, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(modules, moved)
    here, there = (recipe.toolchain_digest(folder, "go1.26") for folder in (modules, moved))
    assert here == there


def test_a_link_to_an_old_build_is_replaced(layout, tmp_path):
    build.replace_link(layout.link, tmp_path / "old")
    build.replace_link(layout.link, tmp_path / "new")
    assert layout.link.readlink() == tmp_path / "new"
    assert [entry.name for entry in layout.link.parent.iterdir()] == ["bin"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("v3.188.0", (3, 188, 0)), ("go1.24", (1, 24, 0)), ("v3.190.0-dev.1", (3, 190, 0))],
)
def test_a_version_is_parsed_from_the_output_of_a_tool(text, numbers):
    assert build.parse_version(text) == numbers


def test_output_without_a_version_parses_as_no_numbers():
    assert build.parse_version("none") == ()


def test_a_new_enough_engine_on_path_is_used(layout, tmp_path):
    engine = script(tmp_path / "bin" / "pulumi", "echo v3.300.1")
    found = build.engine_on_path(str(engine.parent), layout)
    assert found == f"pulumi v3.300.1 ({engine})"


def test_an_old_engine_on_path_is_named_and_not_used(layout, tmp_path, capsys):
    engine = script(tmp_path / "bin" / "pulumi", "echo v3.99.0")
    assert build.engine_on_path(str(engine.parent), layout) is None
    assert f"{engine} is v3.99.0, below {recipe.ENGINE_VERSION}" in capsys.readouterr().out


def test_our_own_engine_does_not_count_as_installed(layout):
    engine = script(layout.cache / "digest" / "bin" / "pulumi", "echo v3.300.0")
    build.replace_link(layout.link, engine.parent)
    assert build.engine_on_path(f"{layout.link}:{engine.parent}", layout) is None


def test_the_script_before_a_clones_engine_does_not_count_as_installed(layout, tmp_path):
    wrapper = script(tmp_path / "other" / "toolchain" / "bin" / "pulumi", "echo v3.300.0")
    (tmp_path / "other" / "toolchain" / "env").touch()
    assert build.engine_on_path(str(wrapper.parent), layout) is None
    installed = script(tmp_path / "bin" / "pulumi", "echo v3.300.1")
    found = build.engine_on_path(f"{wrapper.parent}:{installed.parent}", layout)
    assert found == f"pulumi v3.300.1 ({installed})"


def test_an_installed_engine_removes_the_link_to_ours(layout, tmp_path, monkeypatch):
    engine = script(tmp_path / "bin" / "pulumi", "echo v3.300.0")
    build.replace_link(layout.link, tmp_path / "old")
    monkeypatch.setenv("PATH", str(engine.parent), prepend=":")
    assert build.make_toolchain(layout, "all").startswith("using pulumi v3.300.0")
    assert not layout.link.is_symlink()


def test_a_missing_go_is_one_line_that_names_the_version(modules, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalError, match=r"go is not installed: install Go 1\.24\.1"):
        build.find_go(modules / "engine" / "go.mod")


def test_an_old_go_is_refused(modules, monkeypatch, tmp_path):
    script(tmp_path / "bin" / "go", "echo go1.19.8")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(LocalError, match=r"is go1\.19\.8: install Go 1\.24\.1 or newer"):
        build.find_go(modules / "engine" / "go.mod")


def fake_go(tmp_path):
    """Make a `go` that writes the package's name to the -o file and lists a module's folder."""
    module = tmp_path / "module"
    for entry in recipe.MODULE_FILES:
        (module / entry.path).parent.mkdir(parents=True, exist_ok=True)
        (module / entry.path).write_text("#!/bin/sh\n")
    text = f"""
echo "$@" >>{tmp_path}/calls
[ "$1" = list ] && {{ echo {module}; exit; }}
while [ "$1" != -o ]; do shift; done
echo "$3" >"$2"
"""
    return script(tmp_path / "go", text)


def test_only_what_is_missing_is_built(layout, tmp_path, capsys):
    go, folder = str(fake_go(tmp_path)), layout.cache / "digest"
    for entry in recipe.BINARIES:
        (layout.modules / entry.module).mkdir(parents=True, exist_ok=True)
    assert build.build_missing(go, layout, folder, list(recipe.BINARIES[:2]))
    lines = capsys.readouterr().err
    assert lines.index("building pulumi (about 4 min)\n") < lines.index("building pulumi: done in")
    assert "toolchain: building pulumi-language-python (about 20 s)\n" in lines
    (tmp_path / "calls").write_text("")
    assert not build.build_missing(go, layout, folder, list(recipe.BINARIES[:2]))
    assert (tmp_path / "calls").read_text() == ""
    assert build.build_missing(go, layout, folder, list(recipe.BINARIES[:3]))
    assert len((tmp_path / "calls").read_text().splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["bin", "plugins"]
    assert (folder / "bin" / recipe.MODULE_FILES[0].name).stat().st_mode & 0o111 == 0o111


def test_a_failed_build_is_one_line_with_its_cause_and_leaves_only_its_log(layout, tmp_path):
    go = script(tmp_path / "go", "seq 40 >&2; exit 1")
    (layout.modules / "engine").mkdir(parents=True)
    with pytest.raises(LocalError) as failure:
        build.build_missing(str(go), layout, layout.cache / "digest", [recipe.BINARIES[0]])
    line = str(failure.value)
    assert line.startswith("building pulumi: go build: exit status 1: 40; check disk, network")
    assert "\n" not in line
    log = Path(line.rpartition(" ")[2])
    assert log.read_text().split() == [str(n) for n in range(1, 41)]
    assert not any(path.is_file() for path in (layout.cache / "digest").rglob("*"))


def test_a_build_tells_how_many_modules_and_packages_it_has_done(tmp_path):
    log = tmp_path / "log"
    assert build.so_far(log) == "0 modules downloaded, 0 packages compiled"
    log.write_text("go: downloading golang.org/x/net v0.1.0\ninternal/abi\nstrings\n# x\n\tbad\n")
    assert build.so_far(log) == "1 modules downloaded, 2 packages compiled"


def test_a_second_clone_waits_for_the_build_of_the_first(layout, tmp_path, capsys):
    go = str(fake_go(tmp_path))
    (layout.modules / "engine").mkdir(parents=True)
    layout.cache.mkdir()
    words = (go, layout, layout.cache / "digest", [])
    waiting = threading.Thread(target=build.build_missing, args=words)
    with locked(layout.cache / "lock"):
        waiting.start()
        waiting.join(timeout=0.3)
        assert not (layout.cache / "digest").exists()
    waiting.join(timeout=10)
    assert (layout.cache / "digest").exists()
    assert "toolchain: waiting for another build to finish\n" in capsys.readouterr().err


def test_an_installed_plugin_is_replaced_only_when_its_binary_changed(layout, tmp_path):
    binary = recipe.BINARIES[2]
    folder = layout.cache / "digest"
    script(folder / binary.target, "echo one")
    target = layout.pulumi_home / "plugins" / "resource-command-v1.2.1"
    install = f'mkdir -p {target}; for file; do :; done; cp "$file" {target}/'
    script(folder / "bin" / "pulumi", f'echo "$PULUMI_HOME" >{tmp_path}/home; {install}')
    assert build.install_plugin(layout, folder, binary)
    assert (tmp_path / "home").read_text().strip() == str(layout.pulumi_home)
    assert not build.install_plugin(layout, folder, binary)
    script(folder / binary.target, "echo two")
    assert build.install_plugin(layout, folder, binary)
    assert filecmp.cmp(target / binary.name, folder / binary.target, shallow=False)


def test_stack_local_needs_no_libvirt():
    assert [entry.name for entry in recipe.BINARIES if entry.lab_only] == [
        "pulumi-resource-libvirt"
    ]


@pytest.fixture(scope="module")
def packages():
    """The version of each package in the lock."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    return {package["name"]: package.get("version") for package in lock["package"]}


def test_the_engine_is_at_least_as_new_as_the_sdk(packages):
    assert build.parse_version(packages["pulumi"]) >= (3, 272)
    assert build.parse_version(packages["pulumi"]) <= build.parse_version(recipe.ENGINE_VERSION)


def test_each_plugin_has_the_version_of_its_sdk(packages):
    plugins = dict(entry.plugin for entry in recipe.BINARIES if entry.plugin)
    assert {name: packages[f"pulumi-{name}"] for name in plugins} == plugins


@pytest.mark.parametrize(
    ("module", "version"),
    [("engine", recipe.ENGINE_VERSION), ("language-python", recipe.LANGUAGE_HOST_VERSION)],
)
def test_each_module_pins_the_version_that_its_binaries_report(module, version):
    go_mod = (ROOT / "toolchain" / "go" / module / "go.mod").read_text("utf-8")
    for part in ("pkg", "sdk"):
        assert re.search(rf"github.com/pulumi/pulumi/{part}/v3 v{version}\b", go_mod)


def test_an_older_engine_is_refused_by_the_project_too():
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))
    assert project["requiredPulumiVersion"] == f">={recipe.ENGINE_VERSION}"


def test_the_readme_states_the_go_and_the_engine_that_are_needed():
    go_mod = (ROOT / "toolchain" / "go" / "engine" / "go.mod").read_text("utf-8")
    go = re.search(r"^go (\S+)$", go_mod, re.MULTILINE).group(1)
    engine = recipe.ENGINE_VERSION.rpartition(".")[0]
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"Go {go} or newer" in readme
    assert f"`pulumi` {engine} or newer" in readme


@pytest.mark.parametrize(
    ("stack", "settings", "libvirt"),
    [
        ("all", None, True),
        ("unknown", None, False),
        ("lab", "config:\n  rocketmq:cluster:\n    hosts:\n      provider: libvirt\n", True),
        (
            "other",
            "config:\n  rocketmq:cluster:\n    hosts:\n      provider: nspawn # not libvirt\n",
            False,
        ),
        ("flow", "config: {'rocketmq:cluster': {hosts: {'provider': 'libvirt'}}}", True),
        ("elsewhere", "config:\n  aws:cluster:\n    hosts:\n      provider: libvirt\n", False),
        ("broken", "config: [unclosed", False),
    ],
)
def test_libvirts_plugin_is_built_only_for_stacks_that_use_it(tmp_path, stack, settings, libvirt):
    if settings is not None:
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(settings)
    names = [binary.name for binary in recipe.binaries_for(stack, tmp_path)]
    assert ("pulumi-resource-libvirt" in names) is libvirt
    assert "pulumi-resource-command" in names
