"""The RocketMQ of an assembled archive starts and answers its own mqadmin."""

import os
import shutil
import socket
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from blueprint.plan.archives import upload_path
from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512, top_directory
from project import ROOT

START_SECONDS = 120
STOP_SECONDS = 60


def free_listen_port():
    """Return a port that is free together with the two other ports of a broker."""
    for port in range(23011, 32000, 10):
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            try:
                for sock, number in ((first, port), (second, port - 2), (third, port + 1)):
                    sock.bind(("0.0.0.0", number))  # noqa: S104 -- the HA port binds every address
            except OSError:
                continue
            return port
    raise AssertionError("no free ports between 23009 and 32000")


def wait_until(ready, what):
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        assert time.monotonic() < deadline, f"{what}: not ready in {START_SECONDS} s"
        time.sleep(0.2)


def answers(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def release(tmp_path):
    """Unpack the archive that `python3 -m toolchain.archive` made, with its file modes."""
    archive = ROOT / upload_path(maven_sha512(DEFAULT_VERSION))
    if not archive.exists():
        reason = f"no {archive.relative_to(ROOT)}: run python3 -m toolchain.archive"
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            Path(packed.extract(info, tmp_path)).chmod(info.external_attr >> 16)
    return tmp_path / top_directory(DEFAULT_VERSION)


@pytest.fixture
def start(release, tmp_path):
    """Return a function that starts one Java process of the release; the fixture stops them."""
    running = []

    def start_process(name, main_class, heap_mib, settings):
        folder = tmp_path / name
        folder.mkdir()
        lines = "".join(f"{key}={value}\n" for key, value in settings.items())
        (folder / "settings").write_text(lines)
        logging = f"-Drmq.logback.configurationFile={release}/conf/rmq.{name}.logback.xml"
        memory = (f"-Xmx{heap_mib}m", f"-XX:MaxDirectMemorySize={heap_mib}m")
        java = shutil.which("java") or pytest.fail("no java on PATH")
        classes = ("-cp", f"{release}/conf:{release}/lib/*", main_class)
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [java, *memory, f"-Duser.home={folder}", logging, *classes, "-c", "settings"],
                cwd=folder,
                env={**os.environ, "ROCKETMQ_HOME": str(release)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        running.append(process)

    yield start_process
    for process in reversed(running):
        process.terminate()
    for process in reversed(running):
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()


@pytest.mark.processes
def test_mqadmin_of_the_archive_lists_a_broker_started_from_it(release, start, tmp_path):
    port = free_listen_port()
    name_server = port + 4
    start(
        "namesrv",
        "org.apache.rocketmq.namesrv.NamesrvStartup",
        64,
        {"listenPort": name_server, "bindAddress": "127.0.0.1"},
    )
    wait_until(lambda: answers(name_server), "name server")
    settings = {
        "brokerClusterName": "DefaultCluster",
        "brokerName": "broker-a",
        "brokerIP1": "127.0.0.1",
        "brokerIP2": "127.0.0.1",
        "listenPort": port,
        "namesrvAddr": f"127.0.0.1:{name_server}",
        "storePathRootDir": tmp_path / "store",
        "mappedFileSizeCommitLog": 64 << 20,
    }
    start("broker", "org.apache.rocketmq.broker.BrokerStartup", 128, settings)

    def listed():
        options = f"-Xms64m -Xmx128m -Xmn32m -Duser.home={tmp_path}"
        done = subprocess.run(
            [release / "bin" / "mqadmin", "clusterList", "-n", f"127.0.0.1:{name_server}"],
            capture_output=True,
            text=True,
            env={**os.environ, "_JAVA_OPTIONS": options},
            timeout=START_SECONDS,
            check=False,
        )
        return [line for line in done.stdout.splitlines() if "broker-a" in line]

    wait_until(lambda: answers(port), "broker")
    wait_until(listed, "clusterList")
    line = listed()[0].split()
    assert line[:4] == ["DefaultCluster", "broker-a", "0", f"127.0.0.1:{port}"]
    assert line[4] == f"V{DEFAULT_VERSION.replace('.', '_')}"
