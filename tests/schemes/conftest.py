"""Clusters on machines of this computer, one after another, each with a different scheme."""

import os

import pytest

from tests.local.clone import Clone, leftovers, remove
from tests.local.hosts import LiveHosts
from tests.schemes.settings import settings_for
from tests.support.dead_run import sign, sweep_after_dead_run
from tests.support.root import require_root

NETWORK = "10.98.67.0/24"
UP_SECONDS = 900


@pytest.fixture(scope="session", autouse=True)
def _only_as_root():
    require_root("tests/schemes")


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """A fresh clone without a cluster; checks at the end that nothing of it is left."""
    sweep_after_dead_run("schemes", "machines")
    made = Clone(tmp_path_factory.mktemp("clone") / "rocketmq", "schemes", NETWORK)
    sign(made.folder)
    try:
        yield made
    finally:
        remove(made)


class SchemeCluster:
    """A running, verified cluster and its hosts."""

    def __init__(self, clone: Clone, login: os.PathLike, **settings: object):
        self.clone = clone
        self.settings = settings_for(NETWORK, **settings)
        clone.replace_cluster(self.settings)
        self.up()
        self._login = login
        self.hosts = LiveHosts(clone.outputs(), login)

    def up(self) -> str:
        done = self.clone.make("up", seconds=UP_SECONDS)
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def verify(self) -> None:
        """Check the whole cluster from outside the engine."""
        done = self.clone.make("verify")
        assert done.returncode == 0, done.stdout[-6000:]

    def change(self, **settings: object) -> str:
        """Change keys of the settings and bring the cluster up with them; return the output."""
        self.clone.change(**settings)
        output = self.up()
        self.hosts = LiveHosts(self.clone.outputs(), self._login)
        return output

    def refused(self, **settings: object) -> list[str]:
        """Return the problems with which a preview refuses settings, then restore the settings."""
        before = self.clone.cluster()
        self.clone.change(**settings)
        try:
            done = self.clone.make("preview")
        finally:
            self.clone.replace_cluster(before)
        assert done.returncode != 0, done.stdout
        return [line.strip() for line in done.stdout.splitlines() if "- cluster." in line]


@pytest.fixture(scope="module")
def bring_up(clone, tmp_path_factory):
    """Bring up a cluster with given settings; take it down at the end of the module."""
    yield lambda **settings: SchemeCluster(clone, tmp_path_factory.mktemp("login"), **settings)
    down = clone.make("down")
    assert down.returncode == 0, down.stdout[-3000:]
    assert leftovers(clone) == []
