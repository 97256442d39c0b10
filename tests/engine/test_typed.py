"""`source toolchain/env` and plain `pulumi` in a fresh clone, whose tree stays clean."""

import os
import subprocess
from itertools import product

import pytest

from project import ROOT
from tests.support.stacks import STACKS
from tests.support.working_tree import copy_working_tree

pytestmark = pytest.mark.engine

MADE = (".venv", ".state/bin", ".state/pulumi-home", ".state/uv", ".state/archive", ".state/sdks")
"""What `make setup` has made here, which the clone shares; its stacks and state are its own."""


class FreshClone:
    """A fresh clone, and what a person types into its shell."""

    def __init__(self, folder):
        self.folder = folder
        copy_working_tree(folder)
        (folder / ".state").mkdir()
        for name in MADE:
            if (ROOT / name).exists():
                (folder / name).symlink_to(ROOT / name)
        own = ("PULUMI", "MAKE", "VIRTUAL_ENV")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        self.environment["PATH"] = ":".join(
            entry for entry in os.environ["PATH"].split(":") if not entry.startswith(str(ROOT))
        )
        for words in ("init -q", "add -A", "-c user.name=t -c user.email=t@t commit -qm all"):
            subprocess.run(["git", *words.split()], cwd=folder, check=True)

    def type(self, line, **environment):
        return subprocess.run(
            ["bash", "-c", f"source toolchain/env && {line}"],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )

    def set_up(self, stack, **environment):
        """Do the last step of `make setup`, whose others the clone shares."""
        done = self.type(f"python -m cli stack --stack {stack}", **environment)
        assert done.returncode == 0, done.stdout

    def changes(self):
        return subprocess.run(
            ["git", "status", "--porcelain"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@pytest.fixture
def clone(tmp_path):
    return FreshClone(tmp_path / "clone")


def test_without_setup_the_first_line_names_the_command(clone):
    for stack, command in product(STACKS, ("preview", "up --yes", "destroy --yes")):
        done = clone.type(f"pulumi {command} --stack {stack}")
        assert done.returncode != 0
        expected = f"error: stack {stack}: not set up here; run make setup STACK={stack}\n"
        assert done.stdout == expected
    assert clone.changes() == ""


def test_a_stack_that_was_set_up_is_previewed_and_destroyed_as_typed(clone):
    clone.set_up("local")
    for line in (
        "pulumi preview --stack local",
        "pulumi stack select local && pulumi preview",
        "pulumi destroy --yes --stack local",
        "pulumi refresh --yes --stack local",
    ):
        done = clone.type(line)
        assert done.returncode == 0, done.stdout
        assert clone.changes() == ""


@pytest.mark.parametrize("stack", STACKS)
def test_set_up_stacks_are_known_and_what_they_lack_is_named_with_the_command(clone, stack):
    clone.set_up(stack)
    done = clone.type(f"pulumi preview --stack {stack}")
    assert "no stack named" not in done.stdout
    if done.returncode:
        problem = next(line for line in done.stdout.splitlines() if "- cluster." in line)
        assert "run make" in problem or "run `make" in problem or "list" in problem, done.stdout
    assert clone.changes() == ""


def test_the_settings_of_now_are_previewed(clone):
    clone.set_up("local")
    file = clone.folder / "Pulumi.local.yaml"
    file.write_text(file.read_text().replace("fileReservedTime: 48", "fileReservedTime: none"))
    done = clone.type("pulumi preview --stack local")
    assert done.returncode != 0
    assert "fileReservedTime" in done.stdout


def test_ones_own_backend_is_used_and_a_second_clone_of_it_needs_only_setup(clone, tmp_path):
    (tmp_path / "shared").mkdir()
    own = {"PULUMI_BACKEND_URL": f"file://{tmp_path}/shared", "PULUMI_CONFIG_PASSPHRASE": "ours"}
    clone.set_up("local", **own)
    assert not (clone.folder / ".state" / "backend").exists()
    other = FreshClone(tmp_path / "other")
    other.set_up("local", **own)
    for place in (clone, other):
        done = place.type("pulumi preview --stack local", **own)
        assert done.returncode == 0, done.stdout
        assert place.changes() == ""
    copies = [
        (place.folder / ".state/stacks/local/Pulumi.local.yaml").read_text()
        for place in (clone, other)
    ]
    assert "\nencryptionsalt: " in copies[0]
    assert copies[0] == copies[1]
