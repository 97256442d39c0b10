"""A run of tests is never silent for long: a test that takes long says so every ten seconds."""

import threading
import time
from typing import TextIO

import pytest

from system.progress import EVERY_SECONDS


class SilenceBreaker:
    """Writes a line about the test that runs, from a thread of its own."""

    def __init__(self, terminal: TextIO, every_seconds: float = EVERY_SECONDS):
        self._terminal, self._every_seconds = terminal, every_seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        ended, begun = threading.Event(), time.monotonic()

        def tell():
            # After the dots or the name that the line holds already.
            prefix = f"\n{item.nodeid}:"
            while not ended.wait(self._every_seconds):
                self._terminal.write(f"{prefix} {time.monotonic() - begun:.0f} s\n")
                self._terminal.flush()
                prefix = " "

        telling = threading.Thread(target=tell, name="silence", daemon=True)
        telling.start()
        try:
            return (yield)
        finally:
            ended.set()
            telling.join()


class ParallelSilenceBreaker:
    """Writes how many tests are done while none of those that run in parallel ends.

    Collecting them in every process takes long, too.
    """

    def __init__(self, terminal: TextIO, every_seconds: float = EVERY_SECONDS):
        self._terminal, self._every_seconds = terminal, every_seconds
        self._done, self._last, self._ended = 0, 0.0, threading.Event()
        self._telling = threading.Thread(target=self._tell, name="silence", daemon=True)

    def start(self):
        self._telling.start()

    def stop(self):
        self._ended.set()
        self._telling.join()

    def pytest_runtest_logreport(self, report):
        self._done += report.when == "call"
        self._last = time.monotonic()

    def _tell(self):
        begun = self._last = time.monotonic()
        while not self._ended.wait(min(1, self._every_seconds)):
            now = time.monotonic()
            if now - self._last >= self._every_seconds:
                self._terminal.write(f"\n{self._done} tests done, {now - begun:.0f} s\n")
                self._terminal.flush()
                self._last = now
