"""Start other programs; the only place of this package that does."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SET_PARENT_DEATH_SIGNAL = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies, so that a killed run is over."""
    _LIBC.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def show(words: Sequence[str], *, folder: Path | None = None) -> int:
    """Run a program on our own terminal and return its exit status; it ends with us."""
    return subprocess.run(words, cwd=folder, check=False, preexec_fn=die_with_parent).returncode  # noqa: S603 (our own words, no shell; no other thread runs)


def ask(
    words: Sequence[str],
    *,
    folder: Path | None = None,
    text: str = "",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program with `text` as its input and return what it printed.

    Raises:
        FileNotFoundError: there is no such program.

    """
    return subprocess.run(  # noqa: S603 (our own words, no shell)
        words,
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )


def start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program that we end ourselves; it says nothing."""
    return subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603 (our own words, no shell)
