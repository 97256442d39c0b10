"""In a log, an update is as readable as on a terminal: whole lines, and what it waits for."""

import sys

import pytest

from cli import processes
from cli.engine import engine as engine_module
from cli.engine.engine import Engine
from cli.engine.stack_folder import StackFolder
from cli.engine.unfinished import Unfinished

ROWS = """\
Updating (local):
 +  pulumi:pulumi:Stack rocketmq-local creating (0s)
 +  rocketmq:cluster:Cluster rocketmq creating (0s)
 +  command:remote:Command server1-gate creating (0s)
 ~  command:remote:Command server2-gate updating (0s) [diff: ~stdin]
 -  command:remote:Command old deleting (0s)
 +- command:local:Command image replacing (0s)
@ updating....
"""


def read(text):
    unfinished = Unfinished()
    for line in text.splitlines(keepends=True):
        unfinished.read(line)
    return str(unfinished)


def test_resources_that_are_being_changed_are_named_and_those_that_hold_them_are_not():
    assert read(ROWS) == "server1-gate, server2-gate, old, image"


@pytest.mark.parametrize(
    "end",
    [
        " +  command:remote:Command server1-gate created (3s)",
        " +  command:remote:Command server1-gate **creating failed** error: exit status 1",
    ],
)
def test_a_resource_that_is_done_or_failed_is_not_waited_for(end):
    assert read(f"{ROWS}{end}\n") == "server2-gate, old, image"


def test_a_line_that_a_script_prints_while_it_runs_changes_nothing():
    row = " +  command:remote:Command server1-gate creating (2s) server1: installing Java\n"
    assert read(ROWS + row) == "server1-gate, server2-gate, old, image"


def test_of_many_resources_four_are_named():
    rows = [f" +  command:remote:Command host{n} creating (0s)\n" for n in range(7)]
    assert read("".join(rows)) == "host0, host1, host2, host3, 3 more"


def test_lines_are_whole_and_the_status_is_passed_on():
    lines = []
    script = "printf 'on'; sleep 0.02; printf 'e\\ntwo\\nthree'; exit 3"
    status = processes.show_lines(["sh", "-c", script], lines.append, list)
    assert (status, lines) == (3, ["one\n", "two\n", "three"])


def test_silence_is_noticed_and_ends_with_the_process(tmp_path):
    silences = []

    def notice():
        silences.append(True)
        (tmp_path / "go-on").touch()

    script = f"until [ -e {tmp_path}/go-on ]; do sleep 0.01; done"
    command = ["sh", "-c", script]
    assert not processes.show_lines(command, pytest.fail, notice, silence_seconds=0.01)
    assert silences


def test_what_the_process_started_does_not_keep_us_waiting(tmp_path):
    lines = []
    script = f"sh -c 'while [ ! -e {tmp_path}/end ]; do sleep 0.01; done' & echo done"
    status = processes.show_lines(["sh", "-c", script], lines.append, list, silence_seconds=0.05)
    (tmp_path / "end").touch()
    assert (status, lines) == (0, ["done\n"])


@pytest.fixture
def pulumi(tmp_path, monkeypatch):
    """Replace pulumi by a script that is silent until its silence was reported."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def replace(status):
        (tmp_path / "pulumi").write_text(
            f"#!/bin/sh\necho \"$@\"\ncat <<'END'\n{ROWS}END\nexit {status}"
        )
        (tmp_path / "pulumi").chmod(0o755)

    return replace


def test_an_update_in_a_log_has_no_dots_and_keeps_its_lines_and_status(pulumi, capsys):
    pulumi(7)
    assert Engine(StackFolder(stack="lab")).run("up", "--yes") == 7
    first, rest = capsys.readouterr().out.split("\n", 1)
    assert first.startswith("up --yes --stack lab --config-file ")
    assert first.endswith(" --suppress-progress")
    assert rest == ROWS


def test_a_silent_update_in_a_log_says_what_it_waits_for(monkeypatch, capsys):
    def show_lines(_words, on_line, on_silence, **_):
        for line in ROWS.splitlines(keepends=True):
            on_line(line)
        on_silence()
        return 0

    monkeypatch.setattr(engine_module, "show_lines", show_lines)
    Engine(StackFolder(stack="lab")).run("up")
    assert capsys.readouterr().err == (
        "up of stack lab: 0 s, waiting for server1-gate, server2-gate, old, image\n"
    )


def test_a_terminal_is_left_to_the_engine(monkeypatch):
    shown = []
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(engine_module, "show", lambda words, **_: shown.append(words) or 0)
    assert Engine(StackFolder(stack="lab")).run("up") == 0
    assert "--suppress-progress" not in shown[0]
