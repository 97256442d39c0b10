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
            while not ended.wait(self._every_seconds):
                # After the dots or the name that the line holds already.
                self._terminal.write(f"\n{item.nodeid}: {time.monotonic() - begun:.0f} s\n")
                self._terminal.flush()

        telling = threading.Thread(target=tell, name="silence", daemon=True)
        telling.start()
        try:
            return (yield)
        finally:
            ended.set()
            telling.join()
