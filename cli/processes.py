"""Run programs on our terminal, in parallel or in the background; they die with us."""

import contextlib
import ctypes
import math
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from system.progress import EVERY_SECONDS

SET_PARENT_DEATH_SIGNAL = 1
READ_BYTES = 65536
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies, so a kill ends the whole run."""
    _LIBC.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def show(words: Sequence[str], *, folder: Path | None = None, quiet: bool = False) -> int:
    """Run a program on our terminal and return its exit status; it dies with us.

    `quiet` drops its stdout. On Ctrl-C the program shuts down by itself, and we wait for it.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return _start(words, folder=folder, stdout=subprocess.DEVNULL if quiet else None).wait()
    finally:
        signal.signal(signal.SIGINT, before)


def show_lines(
    words: Sequence[str],
    on_line: Callable[[str], None],
    on_silence: Callable[[], None],
    *,
    folder: Path | None = None,
    silence_seconds: float = EVERY_SECONDS,
) -> int:
    """Like `show`, but give each line of stdout to `on_line`, which may print it.

    `on_silence` is called after each `silence_seconds` without any output.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _start(words, folder=folder, stdout=subprocess.PIPE) as process:
            for chunk in _chunks(process, silence_seconds):
                if chunk is None:
                    on_silence()
                else:
                    on_line(chunk)
        return process.returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _chunks(process: subprocess.Popen[bytes], silence_seconds: float) -> Iterator[str | None]:
    """Yield the lines of a process's stdout, the last as it is; None for each silence."""
    if process.stdout is None:
        return
    rest = b""
    while True:
        ready, _, _ = select.select([process.stdout], [], [], silence_seconds)
        if not ready:
            # What the process started may outlive it, and keep its output open.
            if process.poll() is not None:
                break
            yield None
            continue
        read = os.read(process.stdout.fileno(), READ_BYTES)
        if not read:
            break
        *lines, rest = (rest + read).split(b"\n")
        yield from (f"{line.decode(errors='replace')}\n" for line in lines)
    if rest:
        yield rest.decode(errors="replace")


def start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program in the background, without output; the caller terminates it."""
    return _start(words, stdout=subprocess.DEVNULL)


def ask_together(
    commands: Sequence[Sequence[str]], texts: Sequence[str] | None = None
) -> list[subprocess.CompletedProcess[str]]:
    """Run programs in parallel, each with one of `texts` as input; return what each printed."""
    # Without a limit, none is terminated.
    return [done for done in ask_until_failure(commands, math.inf, texts) if done is not None]


def ask_until_failure(
    commands: Sequence[Sequence[str]], grace_seconds: float, texts: Sequence[str] | None = None
) -> list[subprocess.CompletedProcess[str] | None]:
    """Run programs in parallel; when one fails, the others have `grace_seconds` to finish.

    Return what each printed, in order; None for one that was terminated.
    """
    with contextlib.ExitStack() as files:
        runs = []
        for words, text in zip(commands, texts or [""] * len(commands), strict=True):
            given, out, err = (files.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3))
            given.write(text)
            given.seek(0)
            runs.append((_start(words, stdin=given, stdout=out, stderr=err), out, err))
        ended = _wait_for([process for process, _, _ in runs], grace_seconds)
        return [None if run[0] in ended else _printed(*run) for run in runs]


def _start(
    words: Sequence[str],
    *,
    folder: Path | None = None,
    stdin: IO[str] | None = None,
    stdout: IO[str] | int | None = None,
    stderr: IO[str] | None = None,
) -> subprocess.Popen[bytes]:
    def prepare() -> None:
        # While we ignore Ctrl-C, the program must not inherit that.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        die_with_parent()

    return subprocess.Popen(  # noqa: S603 (our own words, no shell)
        words,
        cwd=folder,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=prepare,  # noqa: PLW1509 (it takes no lock that another thread may hold)
    )


def _wait_for(
    processes: Sequence[subprocess.Popen[bytes]], grace_seconds: float
) -> list[subprocess.Popen[bytes]]:
    """Wait for all; return those that were terminated because another failed."""
    deadline = math.inf
    while waited := [process for process in processes if process.poll() is None]:
        if any(process.returncode for process in processes):
            deadline = min(deadline, time.monotonic() + grace_seconds)
        if time.monotonic() > deadline:
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
