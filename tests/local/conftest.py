import json
import zipfile

import pytest

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512
from project import ROOT
from tests.local.clone import Clone, remove
from tests.local.hosts import LiveHosts
from tests.support.dead_run import sign, sweep_after_dead_run
from tests.support.recorded_states import RECORDED, recorded_state, with_recorded_commands
from tests.support.root import require_root


@pytest.fixture(scope="session", autouse=True)
def _only_as_root():
    require_root("tests/local")


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """A fresh clone with a running cluster.

    At the end it is taken down with the commands that an earlier release recorded in its state;
    nothing of it may be left.
    """
    sweep_after_dead_run("live", "machines")
    made = Clone(tmp_path_factory.mktemp("clone") / "rocketmq", "live", "10.98.65.0/24")
    sign(made.folder)
    try:
        done = made.make("up")
        assert done.returncode == 0, done.stdout[-6000:]
        made.first_up = done.stdout
        yield made
        _give_recorded_commands(made)
    finally:
        remove(made)


def _give_recorded_commands(clone: Clone) -> None:
    """Give the stack's state the commands that an earlier release would have recorded."""
    file = clone.folder / ".state" / "exported.json"
    exported = json.loads(clone.pulumi("stack export").stdout)
    recorded = recorded_state(RECORDED[-1])
    changed, given = with_recorded_commands(exported, recorded, ("10.98.64.", "10.98.65."))
    assert given > 40
    file.write_text(json.dumps(changed))
    done = clone.pulumi(f"stack import --file {file}")
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def hosts(clone, tmp_path_factory):
    return LiveHosts(clone.outputs(), tmp_path_factory.mktemp("login"))


@pytest.fixture(scope="session")
def client_jars(tmp_path_factory):
    """The jars of RocketMQ's own Java client, from the archive."""
    folder = tmp_path_factory.mktemp("jars")
    with zipfile.ZipFile(ROOT / upload_path(maven_sha512(DEFAULT_VERSION))) as archive:
        for entry in archive.infolist():
            if "/lib/" in entry.filename and entry.filename.endswith(".jar"):
                name = entry.filename.rpartition("/")[2]
                (folder / name).write_bytes(archive.read(entry))
    return folder
