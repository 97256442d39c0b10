"""`pulumi` as typed after `source toolchain/env` works on the stack's own copy of its file."""

import os
import shutil
import subprocess

import pytest

from cli.engine.stack_folder import StackFolder
from project import ROOT

COMMITTED = "config:\n  rocketmq:cluster:\n    hosts: {provider: nspawn}\n"
SALT = "encryptionsalt: v1:abc=:v1:def:ghi==\n"
ENGINE = '#!/bin/sh\n[ "$2" != --show-name ] || { echo selected; exit; }\nprintf "%s\\n" "$@"\n'


@pytest.fixture
def clone(tmp_path):
    """A clone with stacks that `make setup` has made, and an engine that prints its words."""
    root = tmp_path / "a clone"
    (root / "toolchain" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "toolchain" / "bin" / "pulumi", root / "toolchain" / "bin")
    engine = root / ".state" / "bin" / "pulumi"
    engine.parent.mkdir(parents=True)
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    for stack in ("lab", "selected"):
        (root / f"Pulumi.{stack}.yaml").write_text(COMMITTED)
        copy_of(root, stack).parent.mkdir(parents=True)
        copy_of(root, stack).write_text(COMMITTED + SALT)
        state = state_of(root, stack)
        state.parent.mkdir(parents=True, exist_ok=True)
        state.touch()
    return root


def copy_of(root, stack="lab"):
    return root / ".state" / "stacks" / stack / f"Pulumi.{stack}.yaml"


def state_of(root, stack="lab"):
    return root / ".state" / "backend" / ".pulumi" / "stacks" / "rocketmq" / f"{stack}.json"


def run(clone, *words, folder=None, **environment):
    """Return the status, the words that the engine was given, and the errors."""
    path = f"{clone}/toolchain/bin:{clone}/.state/bin:/usr/bin:/bin"
    backend = f"file://{clone}/.state/backend?metadata=skip"
    done = subprocess.run(
        ["pulumi", *words],
        cwd=folder or clone,
        env={"PATH": path, "PULUMI_BACKEND_URL": backend, **environment},
        executable=clone / "toolchain" / "bin" / "pulumi",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


TYPED = [
    ("up", "--stack", "lab"),
    ("preview", "-s", "lab", "--diff"),
    ("--color", "never", "destroy", "--stack=lab", "--yes"),
    ("refresh", "--stack", "organization/rocketmq/lab"),
]


@pytest.mark.parametrize("words", TYPED)
def test_what_updates_a_stack_is_given_the_copy(clone, words):
    assert run(clone, *words) == (0, [*words, "--config-file", str(copy_of(clone))], "")


def test_the_selected_stack_is_taken_where_none_is_typed(clone):
    copy = copy_of(clone, "selected")
    assert run(clone, "up", "--yes")[1] == ["up", "--yes", "--config-file", str(copy)]


def test_it_works_from_a_folder_of_the_clone(clone):
    assert "--config-file" in run(clone, "up", "--stack", "lab", folder=clone / "toolchain")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("stack", "output", "--stack", "lab"),
        ("config", "set", "--stack", "lab", "--path", "a.b", "up"),
        ("up", "--stack", "lab", "--config-file", "mine.yaml"),
        ("-C", "elsewhere", "up", "--stack", "lab"),
        ("up", "--help"),
        ("up", "--stack", "unknown"),
        (),
    ],
)
def test_everything_else_is_the_engines_own(clone, words):
    # Without words, printf prints one empty line.
    assert run(clone, *words) == (0, list(words) or [""], "")


def test_another_project_is_left_alone(clone, tmp_path):
    assert run(clone, "up", "--stack", "lab", folder=tmp_path)[1] == ["up", "--stack", "lab"]


@pytest.mark.parametrize("missing", [copy_of, state_of])
def test_without_setup_the_first_line_names_the_command(clone, missing):
    missing(clone).unlink()
    status, words, errors = run(clone, "up", "--stack", "lab")
    assert (status, words) == (1, [])
    assert errors == "error: stack lab: not set up here; run make setup STACK=lab\n"


def test_a_compressed_state_counts(clone):
    state_of(clone).rename(state_of(clone).with_name("lab.json.gz"))
    assert run(clone, "up", "--stack", "lab")[0] == 0


@pytest.mark.parametrize("url", ["s3://states", "file://~", "https://api.pulumi.com"])
def test_ones_own_backend_is_asked_only_by_the_engine(clone, url):
    state_of(clone).unlink()
    assert run(clone, "up", "--stack", "lab", PULUMI_BACKEND_URL=url)[0] == 0


@pytest.mark.parametrize(
    ("committed", "copied"),
    [
        (COMMITTED, COMMITTED + SALT),
        (COMMITTED.rstrip("\n"), COMMITTED + SALT),
        (COMMITTED + SALT, COMMITTED),
        (COMMITTED, COMMITTED),
        (f"{COMMITTED}    version: 5.5.0\n", COMMITTED + SALT),
    ],
)
def test_the_copy_is_the_one_that_the_make_targets_compose(clone, monkeypatch, committed, copied):
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", clone)
    (clone / "Pulumi.yaml").touch()
    (clone / "Pulumi.lab.yaml").write_text(committed)
    copy_of(clone).write_text(copied)
    StackFolder(stack="lab").compose_config()
    composed = copy_of(clone).read_text()
    copy_of(clone).write_text(copied)
    assert run(clone, "up", "--stack", "lab")[0] == 0
    assert copy_of(clone).read_text() == composed
    written = {file.name for file in copy_of(clone).parent.iterdir()}
    assert written == {"Pulumi.lab.yaml", "Pulumi.yaml"}


def test_without_an_engine_the_message_names_the_command(clone):
    (clone / ".state" / "bin" / "pulumi").unlink()
    if shutil.which("pulumi", path="/usr/bin:/bin"):
        pytest.skip("an engine is installed for all users")
    assert run(clone, "up") == (127, [], "error: pulumi: not found; run make toolchain\n")
    assert os.access(clone / "toolchain" / "bin" / "pulumi", os.X_OK)
