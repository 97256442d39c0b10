"""The blueprint never knows Pulumi; a cluster is planned without it."""

import subprocess
import sys

import pytest

from tests.stacks import PROJECT

MODULES = sorted(f"blueprint.{path.stem}" for path in (PROJECT / "blueprint").glob("[!_]*.py"))
REMOTING = sorted(f"remoting.{path.stem}" for path in (PROJECT / "remoting").glob("[!_]*.py"))


def _imported_by(modules):
    code = f"import sys, {', '.join(modules)}; print('\\n'.join(sys.modules))"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=PROJECT, text=True, capture_output=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_whole_blueprint_is_imported_without_pulumi():
    assert len(MODULES) > 15
    assert _imported_by(MODULES) & {"pulumi", "pulumi_command", "components", "cli"} == set()


def test_the_checks_need_nothing_but_python():
    third_party = {"pulumi", "yaml", "jinja2", "pydantic", "blueprint", "toolchain"}
    assert _imported_by(REMOTING) & third_party == set()


@pytest.mark.parametrize("module", MODULES)
def test_no_module_of_the_blueprint_names_pulumi_in_an_import(module):
    text = (PROJECT / f"{module.replace('.', '/')}.py").read_text("utf-8")
    lines = [line.split() for line in text.splitlines()]
    imported = [words[1] for words in lines if words[:1] in (["import"], ["from"])]
    assert [name for name in imported if name.startswith(("pulumi", "components"))] == []
