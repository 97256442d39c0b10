"""The whole program under mocks, as the engine runs it."""

import json
import runpy
import socket
import tempfile

import pytest
from pulumi.runtime import set_all_config

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import ASSEMBLIES, maven_sha512
from machines.libvirt.built_image import built_digest
from project import ROOT
from tests.support import virtual
from tests.support.recording import record


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """Assembled archives and images, empty ones, in a folder of their own."""
    monkeypatch.setattr("preflight.archives.ROOT", tmp_path)
    monkeypatch.setattr("preflight.hypervisor.ROOT", tmp_path)
    virtual.answer(monkeypatch)
    virtual.write_image(tmp_path / f".state/images/{built_digest()}.qcow2")
    for version in ASSEMBLIES:
        path = tmp_path / upload_path(maven_sha512(version))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.fixture
def agent(monkeypatch):
    """A socket where an SSH agent would listen; its path has to be short."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/agent")
        monkeypatch.setenv("SSH_AUTH_SOCK", f"{folder}/agent")
        yield f"{folder}/agent"


@pytest.fixture
def run_program(archives, agent):
    """Run `__main__.py` with a `cluster` object, as the engine does."""
    assert archives.is_dir()
    assert agent

    def run(raw, *, preview=False, recorder=None):
        def program():
            set_all_config({} if raw is None else {"rocketmq:cluster": json.dumps(raw)})
            runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

        return record(program, preview=preview, recorder=recorder)

    return run
