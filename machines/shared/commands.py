"""Run the computer's own tools; the only place that starts subprocesses and waits for them."""

import os
import shlex
import subprocess
from pathlib import Path

from machines.shared.errors import MachinesError

TIMEOUT_SECONDS = 120.0
_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def tool_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment for tools: English messages, and the folders of root's tools."""
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    searched = environment.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":")
    environment["PATH"] = ":".join([*searched, *(d for d in _SBIN if d not in searched)])
    return {**environment, "LC_ALL": "C", **(extra or {})}


def ask(*argv: str, timeout_seconds: float = TIMEOUT_SECONDS) -> tuple[int, str]:
    """Run a tool and return its exit status and its output (stdout and stderr together).

    Raises:
        MachinesError: the tool is missing or did not end in time.

    """
    try:
        done = subprocess.run(  # noqa: S603 - argv is a list; its values are checked by spec.py
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=tool_environment(),
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
        )
    except FileNotFoundError as error:
        msg = f"{argv[0]}: not found on this computer: run `python3 -m machines image`"
        raise MachinesError(msg) from error
    except subprocess.TimeoutExpired as error:
        msg = f"{shlex.join(argv)}: no end after {timeout_seconds:.0f} s: see what it waits for"
        raise MachinesError(msg) from error
    return done.returncode, done.stdout


def run(*argv: str, timeout_seconds: float = TIMEOUT_SECONDS) -> str:
    """Run a tool that must succeed and return its output.

    Raises:
        MachinesError: the tool failed; the line has the command and its last line of output.

    """
    status, output = ask(*argv, timeout_seconds=timeout_seconds)
    if status != 0:
        lines = output.strip().splitlines() or ["no output"]
        msg = f"{shlex.join(argv)}: exit status {status}: {lines[-1]}"
        raise MachinesError(msg)
    return output


def launch(argv: list[str], log: Path, extra_environment: dict[str, str]) -> int:
    """Start a process that outlives us: own session, no descriptor of ours; return its pid."""
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - argv is a list; its values are checked by spec.py
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=tool_environment(extra_environment),
            cwd="/",
            start_new_session=True,
            close_fds=True,
        )
    # It is meant to be left running: without this, the interpreter warns about a lost child.
    process.returncode = 0
    return process.pid
