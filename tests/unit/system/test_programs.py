"""Programs are run without a shell; what goes wrong is one message with the command."""

import os

import pytest

from system.errors import LocalError
from system.programs import (
    ask,
    capture,
    last_line,
    launch,
    run,
    run_logged,
    text_of,
    tool_environment,
)


def test_stdout_stderr_and_exit_status_are_returned_apart():
    done = capture(["sh", "-c", "cat; echo oops >&2; exit 3"], text="input")
    assert (done.returncode, done.stdout, done.stderr) == (3, "input", "oops\n")


def test_a_program_without_input_reads_an_empty_one():
    assert capture(["cat"]).stdout == ""


def test_bytes_that_are_no_text_are_replaced():
    assert capture(["printf", r"a\377b"]).stdout == "a\N{REPLACEMENT CHARACTER}b"


def test_ask_accepts_a_failure_and_returns_both_outputs():
    assert ask("sh", "-c", "echo out; echo err >&2; exit 4") == (4, "out\nerr\n")


def test_a_missing_program_is_named_with_the_remedy():
    with pytest.raises(LocalError, match=r"^no-such-tool: not found on this computer; install it"):
        ask("no-such-tool")


def test_a_program_that_does_not_finish_is_killed_and_named():
    with pytest.raises(LocalError, match=r"^sleep 600: timed out after 0 s; "):
        ask("sleep", "600", timeout_seconds=0.01)


def test_a_failure_is_one_line_with_command_status_and_last_line():
    with pytest.raises(LocalError) as failed:
        run("sh", "-c", "echo first; echo last >&2; exit 7")
    assert str(failed.value) == "sh -c 'echo first; echo last >&2; exit 7': exit status 7: last"


def test_a_silent_failure_says_so():
    with pytest.raises(LocalError, match=r"^false: exit status 1: no output$"):
        run("false")


def test_a_failure_shows_as_many_lines_as_wanted():
    with pytest.raises(LocalError) as failed:
        run("sh", "-c", "seq 9; exit 1", shown_lines=3)
    assert [line.strip() for line in str(failed.value).splitlines()[1:]] == ["7", "8", "9"]


def test_tools_print_english_and_root_tools_are_found(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"/usr/sbin:{tmp_path}")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    environment = tool_environment({"EXTRA": "1"})
    assert environment["PATH"] == f"/usr/sbin:{tmp_path}:/usr/local/sbin:/sbin"
    assert (environment["LC_ALL"], environment["EXTRA"]) == ("C", "1")
    assert "NOTIFY_SOCKET" not in environment


def test_a_program_runs_in_the_given_folder(tmp_path):
    assert run("pwd", folder=tmp_path) == f"{tmp_path}\n"


def test_a_long_command_keeps_its_output_in_the_log(tmp_path):
    log, more = tmp_path / "log", {"EXTRA": "more"}
    words = ["sh", "-c", "echo $EXTRA; pwd >&2; exit 3"]
    assert run_logged(words, log, folder=tmp_path, extra_environment=more) == 3
    assert text_of(log) == f"more\n{tmp_path}\n"


def test_the_last_line_of_a_log_has_text(tmp_path):
    assert text_of(tmp_path / "log") == ""
    assert last_line(tmp_path / "log") == "no output"
    (tmp_path / "log").write_text("one\n  two\n \n")
    assert last_line(tmp_path / "log") == "two"


def test_a_long_command_that_is_missing_is_named_with_the_remedy(tmp_path):
    with pytest.raises(LocalError, match=r"^no-such-tool: not found on this computer; install it"):
        run_logged(["no-such-tool"], tmp_path / "log")


def test_a_launched_program_has_a_session_of_its_own_and_writes_to_its_log(tmp_path):
    pid = launch(["sh", "-c", "echo $EXTRA"], tmp_path / "log", {"EXTRA": "there"})
    assert os.waitpid(pid, 0) == (pid, 0)
    assert (tmp_path / "log").read_text() == "there\n"


@pytest.mark.parametrize("inherit", [True, False])
def test_an_inheritable_lock_reaches_a_program_only_on_request(tmp_path, inherit):
    with (tmp_path / "lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)  # noqa: FBT003 (positional only)
        words = ["test", "-e", f"/proc/self/fd/{lock.fileno()}"]
        assert capture(words, inherit_files=inherit).returncode == (0 if inherit else 1)
