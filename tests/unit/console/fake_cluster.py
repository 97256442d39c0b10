"""A cluster on loopback that speaks the remoting protocol, counts requests, and can be stopped."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from remoting.codes import RequestCode, ResponseCode
from remoting.plan.plan import parse_plan
from remoting.protocol.frames import Frame, decode_frame, decode_length
from tests.unit.console.observed import VERSION
from tests.unit.remoting.plans import broker, name_server, plan_of
from tests.unit.remoting.scripted_peer import frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from remoting.plan.plan import Plan

    Answers = Callable[[Frame], Any]
    """The answer to a request: a body as text or JSON data, or a response code."""


class FakeProcess:
    """One process, which keeps its address over restarts."""

    def __init__(self, answers: Answers, ip: str = "127.0.0.1") -> None:
        self._answers = answers
        self._address = (ip, 0)
        self._open: list[socket.socket] = []
        self.asked: Counter[int] = Counter()
        self.is_silent = False
        """Whether it accepts connections and requests but answers none."""
        self.start()

    @property
    def address(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"

    def start(self) -> None:
        self._listener = socket.create_server(self._address)
        self._address = self._listener.getsockname()
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and close all connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=30)
        while self._open:
            connection = self._open.pop()
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, struct.error), connection.makefile("rb") as stream:
            while True:
                request = decode_frame(stream.read(decode_length(stream.read(4))))
                self.asked[request.code] += 1
                if not self.is_silent:
                    connection.sendall(_answer_to(request, self._answers(request)))


def _answer_to(request: Frame, answer: Any) -> bytes:
    header = {"code": 0, "flag": 1, "opaque": request.opaque}
    if isinstance(answer, ResponseCode):
        return frame(json.dumps({**header, "code": int(answer)}).encode())
    body = answer if isinstance(answer, str) else json.dumps(answer)
    return frame(json.dumps(header).encode(), body.encode())


@dataclass
class BrokerState:
    """What a fake broker reports; tests change it while it serves."""

    role: str
    booted_at: float = field(default_factory=lambda: time.time() - 3600)
    held: int = 1000
    put: int = 0
    got: int = 0
    replicating_to: tuple[str, ...] = ()
    topics: tuple[str, ...] = ("Orders", "TBW102")
    queues: Any = 4
    groups: tuple[str, ...] = ("readers",)
    runtime: dict[str, str] = field(default_factory=dict)
    """Overrides of the default runtime info."""
    when_asked: Callable[[], None] = lambda: None
    """Called before it reports its offsets."""

    def __call__(self, request: Frame) -> Any:
        answers: dict[int, Callable[[Frame], Any]] = {
            RequestCode.GET_BROKER_RUNTIME_INFO: self._runtime,
            RequestCode.GET_BROKER_CONFIG: self._config,
            RequestCode.GET_BROKER_HA_STATUS: self._ha,
            RequestCode.GET_ALL_TOPIC_CONFIG: self._topics,
            RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG: self._groups,
            RequestCode.GET_ALL_CONSUMER_OFFSET: self._offsets,
            RequestCode.GET_TOPIC_STATS_INFO: self._ends,
            RequestCode.GET_CONSUMER_LIST_BY_GROUP: self._clients,
        }
        answer = answers.get(request.code)
        return answer(request) if answer else ResponseCode.REQUEST_CODE_NOT_SUPPORTED

    def restart(self) -> None:
        self.booted_at, self.put, self.got = time.time(), 0, 0

    def _runtime(self, _: Frame) -> Any:
        self.when_asked()
        table = {
            "brokerVersionDesc": f"V{VERSION.replace('.', '_')}",
            "bootTimestamp": str(int(self.booted_at * 1000)),
            "commitLogMaxOffset": str(self.held),
            "msgPutTotalTodayNow": str(self.put),
            "msgGetTotalTodayNow": str(self.got),
            "commitLogDiskRatio": "0.25",
            **self.runtime,
        }
        return {"table": table}

    def _config(self, _: Frame) -> Any:
        return f"brokerRole={self.role}\nbrokerPermission=6\n"

    def _ha(self, _: Frame) -> Any:
        connections = [
            {"addr": f"{ip}:40000", "slaveAckOffset": self.held, "inSync": True}
            for ip in self.replicating_to
        ]
        is_master = self.role != "SLAVE"
        status = {"master": is_master, "masterCommitLogMaxOffset": self.held}
        return {**status, "haConnectionInfo": connections}

    def _topics(self, _: Frame) -> Any:
        queues = {"readQueueNums": self.queues, "writeQueueNums": self.queues, "perm": 6}
        return {"topicConfigTable": dict.fromkeys(self.topics, queues)}

    def _groups(self, _: Frame) -> Any:
        return {"subscriptionGroupTable": {name: {} for name in self.groups}}

    def _offsets(self, _: Frame) -> Any:
        return {"offsetTable": {f"Orders@{group}": {0: 2} for group in self.groups}}

    def _ends(self, request: Frame) -> Any:
        queue = {"topic": request.ext["topic"], "brokerName": "any", "queueId": 0}
        return f'{{"offsetTable":{{{json.dumps(queue)}:{{"minOffset":0,"maxOffset":5}}}}}}'

    def _clients(self, _: Frame) -> Any:
        return {"consumerIdList": ["one"]}


class FakeCluster:
    """Two name servers, two masters, two slaves; each broker has a loopback address of its own."""

    def __init__(self) -> None:
        self.listed: dict[str, Any] = {}
        self.states = {
            "broker-a": BrokerState("SYNC_MASTER", replicating_to=("127.0.0.3",)),
            "broker-a-s": BrokerState("SLAVE"),
            "broker-b": BrokerState("SYNC_MASTER", replicating_to=("127.0.0.4",)),
            "broker-b-s": BrokerState("SLAVE"),
        }
        self._stack = ExitStack()
        self.processes = {
            **{name: self._started(self._listing) for name in ("namesrv-1", "namesrv-2")},
            **{
                name: self._started(state, f"127.0.0.{number}")
                for state, name, number in zip(
                    self.states.values(), self.states, (1, 3, 2, 4), strict=True
                )
            },
        }
        addresses = {name: process.address for name, process in self.processes.items()}
        self.document = plan_of(
            [name_server(number, addresses[f"namesrv-{number}"]) for number in (1, 2)],
            [broker(name, "server1", addresses[name]) for name in self.states],
        )
        for group in ("broker-a", "broker-b"):
            own = {0: addresses[group], 1: addresses[f"{group}-s"]}
            entry = {"cluster": "DefaultCluster", "brokerName": group, "brokerAddrs": own}
            self.listed[group] = entry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def plan(self) -> Plan:
        return parse_plan(self.document)

    @property
    def asked(self) -> int:
        """Return how many requests all processes have received."""
        return sum(process.asked.total() for process in self.processes.values())

    def _started(self, answers: Answers, ip: str = "127.0.0.1") -> FakeProcess:
        process = FakeProcess(answers, ip)
        self._stack.callback(process.stop)
        return process

    def _listing(self, _: Frame) -> Any:
        return {"brokerAddrTable": self.listed}
