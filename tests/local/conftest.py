import zipfile

import pytest

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import maven_sha512
from project import ROOT
from tests.local.clone import Clone, remove
from tests.local.hosts import LiveHosts
from tests.support.dead_run import sign, sweep_after_dead_run
from tests.support.root import require_root


@pytest.fixture(scope="session", autouse=True)
def _only_as_root():
    require_root("tests/local")


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """A fresh clone whose cluster is up; at the end nothing of it is left."""
    sweep_after_dead_run("live", "machines")
    made = Clone(tmp_path_factory.mktemp("clone") / "rocketmq", "live", "10.98.65.0/24")
    sign(made.folder)
    try:
        done = made.make("up")
        assert done.returncode == 0, done.stdout[-6000:]
        made.first_up = done.stdout
        yield made
    finally:
        remove(made)


@pytest.fixture(scope="session")
def hosts(clone, tmp_path_factory):
    return LiveHosts(clone.outputs(), tmp_path_factory.mktemp("login"))


@pytest.fixture(scope="session")
def client_jars(tmp_path_factory):
    """The jars of RocketMQ's own Java client, from the archive."""
    folder = tmp_path_factory.mktemp("jars")
    with zipfile.ZipFile(ROOT / upload_path(maven_sha512("5.3.3"))) as archive:
        for entry in archive.infolist():
            if "/lib/" in entry.filename and entry.filename.endswith(".jar"):
                name = entry.filename.rpartition("/")[2]
                (folder / name).write_bytes(archive.read(entry))
    return folder
