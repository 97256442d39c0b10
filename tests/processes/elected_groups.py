"""Groups of brokers that elect their master: among themselves (DLedger), or by controllers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from remoting.replication.elected_groups import ElectedGroup, elected_master
from tests.processes.instances import (
    BROKER_MAIN,
    CONTROLLER_MAIN,
    NAME_SERVER_MAIN,
    Instance,
    free_base_port,
)
from tests.unit.remoting.plans import controller, name_server, plan_of, replica

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER, GROUP = "DefaultCluster", "broker-a"
LOG_FILE_BYTES = 64 * 1024 * 1024


@dataclass
class ElectedCluster:
    """Two name servers, three controllers or none, and one group; only addresses differ."""

    election: str
    name_servers: tuple[Instance, ...]
    controllers: tuple[Instance, ...]
    replicas: tuple[Instance, ...]
    acknowledged: set[int] = field(default_factory=set)
    """Numbers of all messages that were acknowledged so far."""
    next_number: int = 0

    @property
    def instances(self) -> tuple[Instance, ...]:
        return (*self.name_servers, *self.controllers, *self.replicas)

    @property
    def name_server_addresses(self) -> list[str]:
        return [server.address for server in self.name_servers]

    @property
    def group(self) -> ElectedGroup:
        return ElectedGroup(CLUSTER, GROUP, tuple(one.address for one in self.replicas))

    def master(self) -> Instance:
        """Return who is elected now; raises a RemotingError while a replica is missing."""
        address = elected_master(self.name_server_addresses, self.group, 1.0)
        return next(one for one in self.replicas if one.address == address)

    def write_plan(self, folder: Path) -> Path:
        """Write the plan of this cluster, replica n on server n, each server with a controller."""

        def planned(number: int, one: Instance) -> dict[str, Any]:
            file = str(one.home / "process.properties")
            return replica(number, one.address, GROUP, configFile=file, log=str(one.output))

        plan = plan_of(
            [name_server(n, one.address) for n, one in enumerate(self.name_servers, start=1)],
            [planned(number, one) for number, one in enumerate(self.replicas, start=1)],
            election=self.election,
            hosts=["server1", "server2", "server3"],
            controllers=[
                controller(n, one.address) for n, one in enumerate(self.controllers, start=1)
            ],
        )
        path = folder / "plan.json"
        path.write_text(json.dumps(plan))
        return path


def make_elected_cluster(folder: Path, rocketmq: Path, election: str) -> ElectedCluster:
    """Lay out a cluster on free ports of 127.0.0.1 to 127.0.0.3; start nothing."""
    layout = _Layout(folder, rocketmq)
    if election == "dledger":
        return layout.dledger()
    return layout.controlled()


class _Layout:
    def __init__(self, folder: Path, rocketmq: Path) -> None:
        self.folder, self.rocketmq = folder, rocketmq
        bases: set[int] = set()
        while len(bases) < 5:
            bases.add(free_base_port())
        self.base, *self.broker_ports, self.peer_base = bases
        self.name_servers = tuple(self._name_server(number) for number in (1, 2))
        self.listed = ";".join(server.address for server in self.name_servers)

    def dledger(self) -> ElectedCluster:
        peers = self._peers()
        replicas = tuple(
            self._broker(
                number,
                {
                    "enableDLegerCommitLog": "true",
                    "dLegerGroup": GROUP,
                    "dLegerPeers": peers,
                    "dLegerSelfId": f"n{number}",
                    # Otherwise a killed replica permanently loses messages from its index.
                    "recheckReputOffsetFromCq": "true",
                },
            )
            for number in range(3)
        )
        return ElectedCluster("dledger", self.name_servers, (), replicas)

    def controlled(self) -> ElectedCluster:
        controllers = tuple(self._controller(number) for number in range(3))
        keys = {
            "brokerId": "-1",
            "brokerRole": "SLAVE",
            "enableControllerMode": "true",
            "controllerAddr": ";".join(one.address for one in controllers),
            "allAckInSyncStateSet": "true",
            "minInSyncReplicas": "1",
            "slaveTimeout": "2000",
            # A slave learns its new master's HA address by registering, by default every 30 s.
            "registerNameServerPeriod": "10000",
        }
        replicas = tuple(self._broker(number, keys) for number in range(2))
        return ElectedCluster("controller", self.name_servers, controllers, replicas)

    def _peers(self) -> str:
        ports = (f"n{n}-127.0.0.{n + 1}:{self.peer_base + n}" for n in range(3))
        return ";".join(ports)

    def _name_server(self, number: int) -> Instance:
        port = self.base + number
        home, address = self.folder / f"namesrv-{number}", f"127.0.0.1:{port}"
        properties = {"listenPort": str(port)}
        return Instance(home, self.rocketmq, NAME_SERVER_MAIN, address, properties, 64)

    def _controller(self, number: int) -> Instance:
        home = self.folder / f"controller-{number}"
        address = f"127.0.0.{number + 1}:{self.peer_base + number}"
        properties = {
            "controllerDLegerGroup": "controllers",
            "controllerDLegerPeers": self._peers(),
            "controllerDLegerSelfId": f"n{number}",
            "controllerStorePath": str(home / "store"),
            "mappedFileSize": str(16 * 1024 * 1024),
        }
        return Instance(home, self.rocketmq, CONTROLLER_MAIN, address, properties, 64)

    def _broker(self, number: int, election: dict[str, str]) -> Instance:
        ip, port = f"127.0.0.{number + 1}", self.broker_ports[number]
        home = self.folder / f"broker-a-{number}"
        properties = {
            "brokerClusterName": CLUSTER,
            "brokerName": GROUP,
            "brokerIP1": ip,
            "brokerIP2": ip,
            "listenPort": str(port),
            "namesrvAddr": self.listed,
            "storePathRootDir": str(home / "store"),
            "mappedFileSizeCommitLog": str(LOG_FILE_BYTES),
            "flushDiskType": "ASYNC_FLUSH",
            "autoCreateTopicEnable": "false",
            "autoCreateSubscriptionGroup": "false",
            "timerWheelEnable": "false",
            **election,
        }
        return Instance(home, self.rocketmq, BROKER_MAIN, f"{ip}:{port}", properties, 128)
