"""Reading the state through the engine's command line."""

import pytest

from cli.engine import engine
from cli.engine.engine import RETRIES, Engine
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from project import ROOT

HALF_WRITTEN = "error: failed to load checkpoint: EOF"


@pytest.fixture
def pulumi(tmp_path, monkeypatch):
    """Return a function that replaces pulumi by a failing script and returns its run counter."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(engine, "PAUSE_SECONDS", 0)
    runs = tmp_path / "runs"
    runs.touch()

    def fail(times, line):
        (tmp_path / "pulumi").write_text(
            f'#!/bin/sh\necho "$*" >>{runs}\n'
            f"[ $(wc -l <{runs}) -le {times} ] && echo '{line}' >&2 && exit 255\n"
            "echo '{\"found\": 1}'\n"
        )
        (tmp_path / "pulumi").chmod(0o755)
        return lambda: len(runs.read_text().splitlines())

    return fail


@pytest.mark.parametrize("read", [Engine.outputs, Engine.export])
def test_a_state_that_is_being_written_is_read_again(pulumi, read):
    runs = pulumi(2, HALF_WRITTEN)
    assert read(Engine(StackFolder(stack="lab"))) == {"found": 1}
    assert runs() == 3


@pytest.mark.parametrize(
    ("line", "count"), [(HALF_WRITTEN, RETRIES + 1), ("error: no stack named lab found", 1)]
)
def test_a_state_that_cannot_be_read_is_an_error_with_its_cause(pulumi, line, count):
    runs = pulumi(1000, line)
    with pytest.raises(CommandError) as raised:
        Engine(StackFolder(stack="lab")).export()
    assert str(raised.value) == f"pulumi stack export --stack: exit status 255: {line}"
    assert runs() == count


def test_a_command_that_changes_the_state_is_run_once(pulumi):
    runs = pulumi(1000, HALF_WRITTEN)
    with pytest.raises(CommandError):
        Engine(StackFolder(stack="lab")).replace_deployment({})
    assert runs() == 1


def test_the_script_before_the_engine_is_not_taken_for_one(monkeypatch, pulumi, tmp_path):
    wrapper = ROOT / "toolchain" / "bin"
    assert (wrapper / "pulumi").is_file()
    monkeypatch.setenv("PATH", f"{wrapper}:/nonexistent")
    assert not engine.is_installed()
    with pytest.raises(CommandError, match=r"^pulumi: not found; run make toolchain, then source"):
        Engine(StackFolder(stack="lab")).export()
    pulumi(0, "")
    monkeypatch.setenv("PATH", f"{wrapper}:{tmp_path}")
    assert engine.is_installed()
