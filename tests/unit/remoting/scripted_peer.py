"""Loopback servers that answer by a test's script, and some that answer as RocketMQ does."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from remoting.replication.guard import ACCEPT_SENDS_FROM

if TYPE_CHECKING:
    from collections.abc import Callable


SLAVE_IP = "127.0.0.3"
"""For slaves that must not connect from their master's address."""


@dataclass(frozen=True)
class Request:
    code: int
    opaque: int
    ext: dict[str, str]
    body: bytes

    def answer(self, *, body: bytes = b"", ext: Any = None, **header: Any) -> bytes:
        ext_fields = {} if ext is None else {"extFields": ext}
        fields = {"code": 0, "flag": 1, "opaque": self.opaque, **header, **ext_fields}
        return frame(json.dumps(fields).encode(), body)


def frame(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">ii", 4 + len(header) + len(body), len(header)) + header + body


class ScriptedPeer:
    """Answers each request with the bytes of `script`; None keeps silent, b"" hangs up."""

    def __init__(self, script: Callable[[Request], bytes | None], ip: str = "127.0.0.1", port=0):
        self._script = script
        self._listener = socket.create_server((ip, port))
        self.address = f"{ip}:{self._listener.getsockname()[1]}"
        self.requests: list[Request] = []
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_: object):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()
        self._thread.join(timeout=5)

    def _accept(self):
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket):
        with suppress(OSError, struct.error), connection, connection.makefile("rb") as stream:
            while True:
                (total,) = struct.unpack(">i", stream.read(4))
                payload = stream.read(total)
                (length,) = struct.unpack_from(">i", payload)
                header = json.loads(payload[4 : 4 + length])
                ext = header["extFields"]
                request = Request(header["code"], header["opaque"], ext, payload[4 + length :])
                self.requests.append(request)
                answer = self._script(request)
                if answer == b"":
                    return
                if answer is not None:
                    connection.sendall(answer)


@dataclass
class FakeBroker:
    """A broker's state as the protocol shows it; tests change it while it serves."""

    offset: int = 0
    permission: int = 6
    is_master: bool = True
    acks: dict[str, int] = field(default_factory=dict)  # by the slave's ip
    boot: str = "1"
    keeps_permission: bool = False
    accepts_sends_from: str = "0"
    broker_id: str = "0"
    unindexed: int = 0
    nudges: int = 0
    first: int = 0
    records: dict[int, bytes] = field(default_factory=dict)  # by the byte where each begins
    listed: dict[str, Any] = field(default_factory=dict)

    def __call__(self, request: Request) -> bytes:
        if request.code == 25:
            return request.answer(body=self._update(request.body.decode()))
        if request.code == 33:
            record = self.records.get(int(request.ext["offset"]))
            if record is None:
                return request.answer(code=1, remark="can not find message by the offset")
            return request.answer(body=record)
        bodies = {26: self._config, 28: self._runtime, 106: self._table, 907: self._ha_status}
        if request.code not in bodies:
            return request.answer(code=3, remark=f"request type {request.code} not supported")
        return request.answer(body=bodies[request.code]().encode())

    def _update(self, text: str) -> bytes:
        changes = dict(line.partition("=")[::2] for line in text.strip().splitlines())
        value = changes["brokerPermission"]
        self.accepts_sends_from = changes.get(ACCEPT_SENDS_FROM, self.accepts_sends_from)
        self.nudges += not value
        if value and not self.keeps_permission:
            self.permission = int(value)
        return b""

    def _config(self) -> str:
        accepts = f"{ACCEPT_SENDS_FROM}={self.accepts_sends_from}"
        identity = f"brokerName=broker-a\nbrokerId={self.broker_id}"
        return f"{identity}\nbrokerPermission={self.permission}\n{accepts}\n"

    def _runtime(self) -> str:
        table = {
            "commitLogMaxOffset": str(self.offset),
            "commitLogMinOffset": str(self.first),
            "dispatchBehindBytes": str(self.unindexed),
            "bootTimestamp": self.boot,
        }
        return json.dumps({"table": table})

    def _table(self) -> str:
        return json.dumps({"brokerAddrTable": self.listed})

    def _ha_status(self) -> str:
        connections = [
            {"addr": f"{ip}:40000", "slaveAckOffset": acked, "inSync": True}
            for ip, acked in self.acks.items()
        ]
        status = {"master": self.is_master, "masterCommitLogMaxOffset": self.offset}
        return json.dumps({**status, "haConnectionInfo": connections})


class WrittenTo(FakeBroker):
    """A master whose log grows between two answers, and whose slave is always a little behind."""

    def __call__(self, request: Request) -> bytes:
        self.offset += 10
        self.acks = {SLAVE_IP: self.offset - 35}
        return super().__call__(request)


class Following(FakeBroker):
    """The slave of such a master."""

    def __init__(self, master: FakeBroker):
        super().__init__()
        self._master = master

    def __call__(self, request: Request) -> bytes:
        self.offset = self._master.offset - 35
        return super().__call__(request)


@dataclass
class FakeController:
    """A controller that leads unless `leader` is another's address; empty while none leads."""

    leader: str = ""
    leads: bool = True
    master: str | None = None
    in_sync: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    group: str = "broker-a"

    def __call__(self, request: Request) -> bytes:
        if request.code == 1005:
            ext = {"controllerLeaderAddress": self.leader} if self.leader else {"group": "any"}
            return request.answer(ext=ext)
        assert request.code == 1006
        if not self.leads:
            return request.answer(code=2007, remark="The controller is not in leader state")
        asked = json.loads(request.body)
        table = {name: self._state() for name in asked if name == self.group}
        return request.answer(body=json.dumps({"replicasInfoTable": table}).encode())

    def _state(self) -> dict[str, Any]:
        members = [{"brokerAddress": at, "alive": at not in self.silent} for at in self.in_sync]
        elected = {"masterAddress": self.master} if self.master else {}
        return {**elected, "inSyncReplicas": members, "notInSyncReplicas": []}


def listed_broker(addresses: dict[int, str], cluster: str = "DefaultCluster") -> dict[str, Any]:
    return {"cluster": cluster, "brokerName": "broker-a", "brokerAddrs": addresses}
