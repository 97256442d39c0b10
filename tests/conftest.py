"""What every run of tests has."""

import os

import pytest

from tests.support.silence import SilenceBreaker

TERMINAL = pytest.StashKey()


def pytest_sessionstart(session):
    config = session.config
    # The workers of xdist have no terminal, and their tests end one after another meanwhile.
    if hasattr(config, "workerinput") or config.getoption("numprocesses", None):
        return
    # Now nothing is captured; during a test, our own stdout would be.
    config.stash[TERMINAL] = os.fdopen(os.dup(1), "w")
    config.pluginmanager.register(SilenceBreaker(config.stash[TERMINAL]), "silence-breaker")


def pytest_unconfigure(config):
    if TERMINAL in config.stash:
        config.stash[TERMINAL].close()
