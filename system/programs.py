"""Run other programs on this computer: argument lists, never a shell; most with a time limit."""

import os
import shlex
import subprocess
import sys
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
        message = f"{error.filename}: not found on this computer; install it"
        raise LocalError(message) from error
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
        lines = (done.stdout + done.stderr).strip().splitlines()[-shown_lines:] or ["no output"]
        output = lines[0] if shown_lines == 1 else "\n    ".join(["", *lines])
        message = f"{_shown(argv)}: exit status {done.returncode}: {output}"
        raise LocalError(message)
    return done.stdout


def run_with_progress(
    argv: Sequence[str], log: Path, what: str, every_seconds: float = 10.0
) -> None:
    """Run a long command with its output in `log` and, now and then, a line on our stderr.

    Raises:
        LocalError: it failed; the message has the last line of its log.

    """
    waited = 0.0
    with log.open("wb") as sink:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=tool_environment(),
        )
        while True:
            try:
                status = process.wait(timeout=every_seconds)
                break
            except subprocess.TimeoutExpired:
                waited += every_seconds
                sys.stderr.write(f"{what}: {waited:.0f} s: {_last_line(log)}\n")
    if status != 0:
        message = f"{what}: {argv[-1]}: exit status {status}: {_last_line(log)}"
        raise LocalError(message)


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


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output yet")
