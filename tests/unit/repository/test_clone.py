"""A live test that fails leaves no process and no open file of its clone behind."""

import os
import signal

import pytest

from tests.local.clone import Clone


@pytest.fixture
def clone(tmp_path):
    """A clone whose `make up` prints a line and then runs for ever."""
    (tmp_path / "Makefile").write_text("up:\n\t@echo begun; sleep 1000 & wait\n")
    made = object.__new__(Clone)
    made.folder, made.stack, made.environment = tmp_path, "tested", dict(os.environ)
    return made


def give_up(clone, seen):
    with clone.start_up() as process:
        seen.append(process)
        assert process.stdout.readline() == "begun\n"
        seen.append(os.dup(process.stdout.fileno()))
        pytest.fail("given up")


def test_an_abandoned_update_is_killed_with_its_children_and_its_output_closed(clone):
    seen = []
    with pytest.raises(pytest.fail.Exception, match="given up"):
        give_up(clone, seen)
    process, output = seen
    assert process.returncode == -signal.SIGKILL
    assert process.stdout.closed
    # The end of the output comes when no process holds it any more.
    assert os.read(output, 1) == b""
    os.close(output)
