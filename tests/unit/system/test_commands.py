"""What ends a command early is one line, and an exit status that says so."""

from pathlib import Path

import pytest

from system.commands import exit_status_of
from system.errors import LocalError


def raising(error):
    def act():
        raise error

    return act


@pytest.mark.parametrize(
    ("act", "status", "line"),
    [
        (raising(LocalError("a.zip: is missing; make it")), 1, "a.zip: is missing; make it"),
        (raising(ValueError("key: 7 is wrong; write 8")), 1, "key: 7 is wrong; write 8"),
        (raising(KeyboardInterrupt), 130, "interrupted; run it again to complete it"),
        (
            Path("/nowhere/at/all").mkdir,
            1,
            "/nowhere/at/all: No such file or directory; correct this, then run it again",
        ),
        (raising(OSError("odd")), 1, "odd; correct this, then run it again"),
    ],
)
def test_what_ends_a_command_early_is_one_line_after_its_name(act, status, line, capsys):
    assert exit_status_of("archive", act) == status
    assert capsys.readouterr().err == f"archive: {line}\n"


def test_a_mistake_in_the_program_keeps_its_traceback():
    with pytest.raises(TypeError):
        exit_status_of("archive", raising(TypeError("unexpected")))


def test_a_command_that_ends_well_says_nothing_more(capsys):
    assert exit_status_of("archive", lambda: "made") == 0
    assert capsys.readouterr() == ("", "")
