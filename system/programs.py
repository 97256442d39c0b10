"""Run other programs on this computer: argument lists, never a shell; most with a time limit."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from system.errors import LocalError

TIMEOUT_SECONDS = 120.0
_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def tool_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our environment with English messages and root's tools on PATH, plus `extra`."""
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    searched = environment.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":")
    environment["PATH"] = ":".join([*searched, *(d for d in _SBIN if d not in searched)])
    return {**environment, "LC_ALL": "C", **(extra or {})}


def capture(  # noqa: PLR0913 (all but one by keyword)
    argv: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    text: str | None = None,
    timeout_seconds: float | None = TIMEOUT_SECONDS,
    inherit_files: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a program and return its exit status, stdout and stderr.

    Args:
        argv: the program and its arguments.
        folder: its working directory; ours by default.
        environment: its whole environment; `tool_environment()` by default.
        text: its standard input, which is empty by default.
        timeout_seconds: after this time it is killed; None waits forever.
        inherit_files: pass on inheritable file descriptors, such as a lock that it has to keep.

    Raises:
        LocalError: the program is missing, or did not finish in time.

    """
    try:
        return subprocess.run(
            argv,
            input=text or "",
            capture_output=True,
            cwd=folder,
            env=tool_environment() if environment is None else environment,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
            close_fds=not inherit_files,
        )
    except FileNotFoundError as error:
        raise _missing(error) from error
    except subprocess.TimeoutExpired as error:
        cause = f"timed out after {timeout_seconds:.0f} s"
        message = f"{_shown(argv)}: {cause}; find out what it waits for, then run it again"
        raise LocalError(message) from error


def ask(*argv: str, timeout_seconds: float = TIMEOUT_SECONDS) -> tuple[int, str]:
    """Run a tool that may fail; return its exit status and its stdout followed by its stderr.

    Raises:
        LocalError: the tool is missing, or did not finish in time.

    """
    done = capture(argv, timeout_seconds=timeout_seconds)
    return done.returncode, done.stdout + done.stderr


def run(
    *argv: str | Path,
    folder: Path | None = None,
    extra_environment: Mapping[str, str] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    shown_lines: int = 1,
) -> str:
    """Run a tool that must succeed and return its stdout.

    Raises:
        LocalError: it failed, is missing, or did not finish in time. The message has the command
            and the last `shown_lines` lines of output, on lines of their own if more than one.

    """
    done = capture(
        argv,
        folder=folder,
        environment=tool_environment(extra_environment),
        timeout_seconds=timeout_seconds,
    )
    if done.returncode != 0:
        output = last_lines(done.stdout + done.stderr, shown_lines)
        message = f"{_shown(argv)}: exit status {done.returncode}: {output}"
        raise LocalError(message)
    return done.stdout


def run_logged(
    argv: Sequence[str | Path],
    log: Path,
    *,
    folder: Path | None = None,
    extra_environment: Mapping[str, str] | None = None,
    inherit_files: bool = False,
) -> int:
    """Run a long program with its output in `log`, also for lines of progress; return its status.

    Raises:
        LocalError: the program is missing.

    """
    with log.open("wb") as sink:
        try:
            return subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd=folder,
                env=tool_environment(extra_environment),
                close_fds=not inherit_files,
                check=False,
            ).returncode
        except FileNotFoundError as error:
            raise _missing(error) from error


def last_line(log: Path) -> str:
    """Return the last line of a log that has any text."""
    return last_lines(text_of(log), 1)


def last_lines(output: str, count: int) -> str:
    """Return the last lines of a program's output, on lines of their own if more than one."""
    lines = output.strip().splitlines()[-count:] or ["no output"]
    return lines[0].strip() if count == 1 else "\n    ".join(["", *lines])


def run_on_terminal(argv: Sequence[str]) -> int:
    """Run a program with our own input and output; return its exit status.

    Raises:
        LocalError: the program is missing.

    """
    try:
        return subprocess.run(argv, check=False).returncode
    except FileNotFoundError as error:
        raise _missing(error) from error


def launch(argv: Sequence[str], log: Path, extra_environment: Mapping[str, str]) -> int:
    """Start a program that outlives us, in a session of its own; return its pid."""
    with log.open("ab") as sink:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=tool_environment(extra_environment),
            cwd="/",
            start_new_session=True,
        )
    # We never wait for it; without a return code the interpreter would warn about that.
    process.returncode = 0
    return process.pid


def _shown(argv: Sequence[str | Path]) -> str:
    return shlex.join(map(str, argv))


def text_of(log: Path) -> str:
    """Return what a log holds so far; nothing if it does not exist yet."""
    return log.read_text("utf-8", errors="replace") if log.exists() else ""


def _missing(error: FileNotFoundError) -> LocalError:
    return LocalError(f"{error.filename}: not found on this computer; install it")
