"""Run programs on our terminal, in parallel or in the background; they die with us."""

import contextlib
import ctypes
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

SET_PARENT_DEATH_SIGNAL = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies, so a kill ends the whole run."""
    _LIBC.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def show(words: Sequence[str], *, folder: Path | None = None, quiet: bool = False) -> int:
    """Run a program on our terminal and return its exit status; it dies with us.

    `quiet` drops its stdout. On Ctrl-C the program shuts down by itself, and we wait for it.
    """

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        die_with_parent()

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        output = subprocess.DEVNULL if quiet else None
        return subprocess.run(  # noqa: S603 (our own words, no shell)
            words,
            cwd=folder,
            check=False,
            stdout=output,
            preexec_fn=prepare,
        ).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def ask_together(
    commands: Sequence[Sequence[str]],
    *,
    grace_seconds: float | None = None,
    texts: Sequence[str] | None = None,
) -> list[subprocess.CompletedProcess[str] | None]:
    """Run programs in parallel, each with one of `texts` as its input.

    When one fails, the others have `grace_seconds` to finish, or as long as they need.

    Returns:
        What each printed, in order; None for one that was terminated.

    """
    with contextlib.ExitStack() as files:
        runs = []
        for words, text in zip(commands, texts or [""] * len(commands), strict=True):
            given, out, err = (files.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3))
            given.write(text)
            given.seek(0)
            process = subprocess.Popen(  # noqa: S603 (our own words, no shell)
                words,
                stdin=given,
                stdout=out,
                stderr=err,
                preexec_fn=die_with_parent,  # noqa: PLW1509 (no other thread runs)
            )
            runs.append((process, out, err))
        ended = _wait_for([process for process, _, _ in runs], grace_seconds)
        return [None if run[0] in ended else _printed(*run) for run in runs]


def _wait_for(
    processes: Sequence[subprocess.Popen[bytes]], grace_seconds: float | None
) -> list[subprocess.Popen[bytes]]:
    """Wait for all; return those that were terminated because another failed."""
    deadline = None
    while waited := [process for process in processes if process.poll() is None]:
        failed = any(process.returncode for process in processes)
        if grace_seconds is not None and deadline is None and failed:
            deadline = time.monotonic() + grace_seconds
        if deadline is not None and time.monotonic() > deadline:
            for process in waited:
                process.terminate()
                process.wait()
            return waited
        time.sleep(0.02)
    return []


def _printed(
    process: subprocess.Popen[bytes], out: IO[str], err: IO[str]
) -> subprocess.CompletedProcess[str]:
    texts = []
    for file in (out, err):
        file.seek(0)
        texts.append(file.read())
    return subprocess.CompletedProcess(process.args, process.returncode, *texts)


def start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program in the background, without output; the caller terminates it."""
    return subprocess.Popen(  # noqa: S603 (our own words, no shell)
        words,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509 (no other thread runs)
    )
