"""What every run of tests has."""

import os

import pytest

from tests.support.silence import ParallelSilenceBreaker, SilenceBreaker

TERMINAL = pytest.StashKey()
PARALLEL = pytest.StashKey()


def pytest_sessionstart(session):
    config = session.config
    # A worker of xdist has no terminal.
    if hasattr(config, "workerinput"):
        return
    # Now nothing is captured; during a test, our own stdout would be.
    terminal = config.stash[TERMINAL] = os.fdopen(os.dup(1), "w")
    if config.getoption("numprocesses", None):
        breaker = config.stash[PARALLEL] = ParallelSilenceBreaker(terminal)
        breaker.start()
    else:
        breaker = SilenceBreaker(terminal)
    config.pluginmanager.register(breaker, "silence-breaker")


def pytest_unconfigure(config):
    if PARALLEL in config.stash:
        config.stash[PARALLEL].stop()
    if TERMINAL in config.stash:
        config.stash[TERMINAL].close()
