"""RocketMQ processes on loopback addresses, started directly with java and stopped by pid."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from blueprint.plan.archives import upload_path
from blueprint.rendering.processes import DRAINED
from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512
from project import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME_SERVER_MAIN = "org.apache.rocketmq.namesrv.NamesrvStartup"
BROKER_MAIN = "org.apache.rocketmq.broker.BrokerStartup"
CONTROLLER_MAIN = "org.apache.rocketmq.controller.ControllerStartup"
PROXY_MAIN = "org.apache.rocketmq.proxy.ProxyStartup"
LOGBACK = {
    NAME_SERVER_MAIN: "namesrv",
    BROKER_MAIN: "broker",
    CONTROLLER_MAIN: "controller",
    PROXY_MAIN: "proxy",
}
UNKNOWN_KEY = "keyOfANewerVersion"
"""No RocketMQ has it."""
MASTER_IP, SLAVE_IP = "127.0.0.2", "127.0.0.1"


def find_archive() -> Path | None:
    """Return the archive that ROCKETMQ_ARCHIVE names, or the one that `make archive` makes."""
    if named := os.environ.get("ROCKETMQ_ARCHIVE"):
        return Path(named)
    made = ROOT / upload_path(maven_sha512(DEFAULT_VERSION))
    return made if made.is_file() else None


def free_base_port() -> int:
    """Return a port whose neighbors from -2 to +9 are free too."""
    for base in random.sample(range(20010, 32000, 20), 200):
        try:
            for port in range(base - 2, base + 10):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("", port))
        except OSError:
            continue
        return base
    message = "no 12 free neighboring ports between 20000 and 32000"
    raise RuntimeError(message)


@contextlib.contextmanager
def running(instances: Sequence[Instance]) -> Iterator[None]:
    """Start processes in parallel; leave none behind."""
    try:
        for instance in instances:
            instance.start()
        yield
    finally:
        for instance in instances:
            instance.kill()


@dataclass
class Instance:
    """One JVM with a home, a store and a log of its own."""

    home: Path
    rocketmq: Path
    main: str
    address: str
    properties: dict[str, str]
    heap_megabytes: int
    direct_megabytes: int = 128
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def output(self) -> Path:
        return self.home / "output.log"

    @property
    def store(self) -> Path:
        return self.home / "store"

    def start(self) -> None:
        self.home.mkdir(exist_ok=True)
        config = self.home / "process.properties"
        config.write_text(self._config_text())
        logback = self.rocketmq / "conf" / f"rmq.{LOGBACK[self.main]}.logback.xml"
        command = [
            shutil.which("java") or "java",
            f"-Xms{self.heap_megabytes}m",
            f"-Xmx{self.heap_megabytes}m",
            f"-XX:MaxDirectMemorySize={self.direct_megabytes}m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            # The controller's serializer prints a page of traces without it.
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            f"-Duser.home={self.home}",
            f"-Drmq.logback.configurationFile={logback}",
            "-cp",
            f"{self.rocketmq}/conf:{self.rocketmq}/lib/*",
            self.main,
            "-pc" if self.main == PROXY_MAIN else "-c",
            str(config),
        ]
        environment = {**os.environ, "ROCKETMQ_HOME": str(self.rocketmq)}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def _config_text(self) -> str:
        if self.main == PROXY_MAIN:
            return json.dumps(self.properties)
        return "".join(f"{key}={value}\n" for key, value in self.properties.items())

    def freeze(self) -> None:
        """Stop every thread; on a busy computer some continue for a quarter of a second."""
        self._signal(signal.SIGSTOP)
        deadline = time.monotonic() + 10
        while self._thread_states() != {"T"}:
            assert time.monotonic() < deadline, f"{self.home.name} does not stop"
            time.sleep(0.005)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it at once, as a power loss would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None

    def _thread_states(self) -> set[str]:
        assert self.process is not None, f"{self.home.name} does not run"
        states = set()
        for stat in Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            # A thread may end while the others are read.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                states.add(stat.read_text().rpartition(") ")[2][0])
        return states

    def _signal(self, number: int) -> None:
        assert self.process is not None, f"{self.home.name} does not run"
        os.kill(self.process.pid, number)


@dataclass
class Group:
    """Two name servers, a master with inSyncReplicas=2 that boots drained, and its slave."""

    name_servers: tuple[Instance, Instance]
    master: Instance
    slave: Instance

    @property
    def instances(self) -> tuple[Instance, ...]:
        return (*self.name_servers, self.master, self.slave)

    @property
    def name_server_addresses(self) -> tuple[str, ...]:
        return tuple(server.address for server in self.name_servers)


def make_group(folder: Path, rocketmq: Path) -> Group:
    base = free_base_port()

    def name_server(number: int) -> Instance:
        port = base + 7 + number
        properties = {"listenPort": str(port)}
        home, address = folder / f"namesrv-{number}", f"127.0.0.1:{port}"
        return Instance(home, rocketmq, NAME_SERVER_MAIN, address, properties, 64)

    name_servers = (name_server(1), name_server(2))
    listed = ";".join(server.address for server in name_servers)

    def broker(name: str, ip: str, port: int, broker_id: int) -> Instance:
        properties = {
            "brokerClusterName": "DefaultCluster",
            "brokerName": "broker-a",
            "brokerId": str(broker_id),
            "brokerRole": "SLAVE" if broker_id else "SYNC_MASTER",
            **({} if broker_id else dict(line.split("=") for line in DRAINED)),
            "flushDiskType": "ASYNC_FLUSH",
            "autoCreateTopicEnable": "false",
            "autoCreateSubscriptionGroup": "false",
            "brokerIP1": ip,
            "brokerIP2": ip,
            "listenPort": str(port),
            "namesrvAddr": listed,
            "storePathRootDir": str(folder / name / "store"),
            "storePathCommitLog": str(folder / name / "store" / "commitlog"),
            "mappedFileSizeCommitLog": "67108864",
            "totalReplicas": "2",
            "inSyncReplicas": "2",
            "slaveTimeout": "2000",
            "timerWheelEnable": "false",
            # As uncheckedProperties may hold it.
            UNKNOWN_KEY: "true",
        }
        address = f"{ip}:{port}"
        return Instance(folder / name, rocketmq, BROKER_MAIN, address, properties, 128)

    master = broker("broker-a", MASTER_IP, base, 0)
    slave = broker("broker-a-s", SLAVE_IP, base + 4, 1)
    return Group(name_servers, master, slave)
