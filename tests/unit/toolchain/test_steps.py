"""`make up` begins with the steps that it is going to do, and about how long each takes."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512
from project import ROOT
from toolchain import steps as steps_module
from toolchain.archive.cache import cached_archive
from toolchain.steps import Found, look, main, plan_steps, render_steps, setting_in

NOTHING = Found(provider="nspawn", python=False, engine=False, archive=False, image=False)
SETTINGS = """\
config:
  rocketmq:cluster:
    hosts:
      provider: nspawn # machines of this computer
"""


def shown(found):
    return render_steps("local", plan_steps(found)).splitlines()


def test_on_a_bare_computer_every_step_is_listed_in_its_order_with_its_time():
    assert shown(NOTHING) == [
        "make up, stack local:",
        "  Python environment                         about 30 s",
        "  engine and plugins, built from Go modules  about 3 min",
        "  RocketMQ archive                           about a minute",
        "  image of the machines                      about a minute",
        "  update                                     about a minute for a new cluster",
        "  verification                               about 10 s",
    ]


def test_what_is_ready_is_named_and_not_listed_as_a_step():
    ready = replace(NOTHING, python=True, engine=True, image=True)
    assert shown(ready) == [
        "make up, stack local:",
        "  RocketMQ archive  about a minute",
        "  update            about a minute for a new cluster",
        "  verification      about 10 s",
        "  ready: Python environment, engine and plugins, image of the machines",
    ]


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("nspawn", "  image of the machines "),
        ("libvirt", "  libvirt and the image of the machines "),
        ("existing", None),
        (None, None),
    ],
)
def test_only_providers_that_make_machines_need_an_image(provider, expected):
    lines = shown(replace(NOTHING, provider=provider))
    images = [line for line in lines if "image" in line]
    assert len(images) == (expected is not None)
    assert all(line.startswith(expected) for line in images)


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone in which nothing is made yet, with an empty cache and no installed engine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "tools").mkdir()
    go = tmp_path / "tools" / "go"
    go.write_text("#!/bin/sh\necho go version go1.26\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:/usr/bin:/bin")
    monkeypatch.setattr(steps_module, "engine_on_path", lambda *_: None)
    root = tmp_path / "clone"
    (root / "toolchain" / "go").mkdir(parents=True)
    (root / "uv.lock").write_text("lock")
    return root


def found_in(clone, settings=SETTINGS):
    return look(clone, clone.parent / "cache" / "rocketmq-pulumi", settings)


def test_nothing_is_ready_in_a_new_clone_with_an_empty_cache(clone):
    assert found_in(clone) == NOTHING


def test_the_python_environment_is_ready_while_it_is_that_of_the_lock(clone):
    (clone / ".venv").mkdir()
    shutil.copy(clone / "uv.lock", clone / ".venv")
    assert found_in(clone).python
    (clone / "uv.lock").write_text("newer")
    assert not found_in(clone).python


def test_an_installed_engine_is_ready(clone, monkeypatch):
    monkeypatch.setattr(steps_module, "engine_on_path", lambda *_: "pulumi v3.999.0")
    assert found_in(clone).engine


def test_an_engine_is_ready_once_all_that_the_stack_needs_is_built(clone):
    layout = steps_module.Layout(clone, clone.parent / "cache" / "rocketmq-pulumi" / "toolchain")
    digest = steps_module.toolchain_digest(layout.modules, "go version go1.26")
    for binary in [binary for binary in steps_module.BINARIES if not binary.lab_only]:
        assert not found_in(clone).engine
        (layout.cache / digest / binary.target).parent.mkdir(parents=True, exist_ok=True)
        (layout.cache / digest / binary.target).touch()
    assert found_in(clone).engine
    assert not found_in(clone, SETTINGS.replace("nspawn", "libvirt")).engine


def test_without_go_the_engine_is_not_ready(clone, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert not found_in(clone).engine


def test_the_archive_of_the_version_is_looked_for_in_the_cache(clone):
    archive = cached_archive(DEFAULT_VERSION, maven_sha512(DEFAULT_VERSION))
    archive.parent.mkdir(parents=True)
    archive.touch()
    assert found_in(clone).archive
    assert not found_in(clone, f"{SETTINGS}    version: 5.3.3\n").archive


def test_an_archive_that_is_not_assembled_here_is_no_step(clone):
    assert found_in(clone, f"{SETTINGS}    artifact: official\n").archive


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("  version: 5.3.3", "5.3.3"),
        ("  version: '5.3.3' # kept", "5.3.3"),
        ("  versions: 5.3.3", None),
        ("  # version: 5.3.3", None),
    ],
)
def test_a_setting_is_found_without_a_parser_of_yaml(line, value):
    assert setting_in(f"config:\n{line}\n", "version") == value


def test_the_steps_are_printed_by_a_python_without_packages():
    command = [sys.executable, "-S", "-m", "toolchain.steps", "local"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.startswith("make up, stack local:\n  ")
    assert re.search(r"^  verification +about 10 s$", done.stderr, re.MULTILINE)


def test_a_stack_without_a_file_is_left_to_the_command_that_reports_it(capsys):
    assert main(["no-such-stack"]) == 0
    assert capsys.readouterr().err == ""


def test_make_up_begins_with_them():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (needs,) = re.findall(r"^up: ([^#]*)##", makefile, re.MULTILINE)
    assert needs.split()[0] == "steps"
