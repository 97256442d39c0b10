"""The running console, fuzzed with requests that its description allows and forbids."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import console
from project import ROOT
from remoting.protocol.connection import split_address
from tests.support.fuzzing import fuzz
from tests.unit.console.passwords import PASSWORD, hash_line
from tests.unit.console.serving import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.console
DESCRIPTION = Path(console.__file__).with_name("page") / "openapi.json"
EXAMPLES = 60
SECONDS = 30


@dataclass(frozen=True)
class Console:
    """A console in a process of its own."""

    client: Client
    log: Path

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.client.address)

    def faults(self) -> list[str]:
        """Return the lines of its log that report internal errors."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return [line for line in lines if re.match(r"ERROR|CRITICAL|Traceback|Exception", line)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def write_configuration(folder: Path, document: object) -> Path:
    """Write a configuration and the files that it names; return its path."""
    (folder / "plan.json").write_text(json.dumps(document))
    (folder / "login").write_text(hash_line())
    path = folder / "console.json"
    configuration = {
        "listen": f"127.0.0.1:{free_port()}",
        "scheme": "2m-2s-sync",
        "version": "5.3.2",
        "plan": str(folder / "plan.json"),
        "login": str(folder / "login"),
        "verification": str(folder / "verification.json"),
        "everySeconds": 0.5,
        "requestSeconds": 1,
    }
    path.write_text(json.dumps(configuration))
    return path


def is_ready(client: Client) -> bool:
    try:
        answer = client.with_session(PASSWORD).get("/api/cluster")
    except OSError:
        return False
    return answer.json()["state"] == "healthy"


@pytest.fixture
def running(cluster, tmp_path) -> Iterator[Console]:
    path, log = write_configuration(tmp_path, cluster.document), tmp_path / "log"
    client = Client(split_address(json.loads(path.read_text())["listen"]))
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "--config", path],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while not is_ready(client):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Console(client, log)
    finally:
        process.terminate()
        process.wait(SECONDS)


@pytest.mark.parametrize("has_session", [True, False])
def test_every_response_conforms_to_the_description(running, tmp_path, has_session):
    headers = []
    if has_session:
        headers = [f"Cookie: {running.client.with_session(PASSWORD).default_headers['Cookie']}"]
    found = fuzz(DESCRIPTION, running.url, tmp_path, EXAMPLES, *headers)
    assert found.has_passed, found.report
    # With a session, the fuzzer got past the login.
    assert ("returned only 401" in found.report) is not has_session, found.report
    assert running.faults() == []
    assert running.client.get("/healthz").status == 200
