"""Ask name servers and brokers about themselves, and change them; one function per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from remoting.codes import RequestCode, ResponseCode
from remoting.errors import MalformedAnswerError
from remoting.protocol.bodies import parse_json_object, parse_properties, render_properties

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from remoting.protocol.connection import Connection

T = TypeVar("T")
READ_AND_WRITE = 6


@dataclass(frozen=True)
class ListedBroker:
    """A broker name as one name server lists it; `addresses` by broker id."""

    name: str
    cluster: str
    addresses: Mapping[int, str]


@dataclass(frozen=True)
class HaConnection:
    """One replica as its master sees it; it connects from `ip`; offset in bytes."""

    ip: str
    acked_offset: int


@dataclass(frozen=True)
class HaStatus:
    """A broker's replication state; offsets in bytes of the commit log."""

    is_master: bool
    max_offset: int
    connections: tuple[HaConnection, ...]


@dataclass(frozen=True)
class LogPosition:
    """How many bytes a broker's commit log holds, and up to where consumers can read them."""

    held: int
    readable: int


@dataclass(frozen=True)
class TopicConfig:
    """The queues and permission (4 read, 2 write) of a topic on one broker."""

    read_queues: int
    write_queues: int
    permission: int


def cluster_info(connection: Connection) -> dict[str, ListedBroker]:
    """Ask a name server for every broker it lists, by broker name."""
    return ask_json(connection, RequestCode.GET_BROKER_CLUSTER_INFO, _listed_brokers)


def _listed_brokers(body: dict[str, Any]) -> dict[str, ListedBroker]:
    found = {}
    for name, entry in (body.get("brokerAddrTable") or {}).items():
        addresses = {int(number): str(at) for number, at in entry["brokerAddrs"].items()}
        found[name] = ListedBroker(name, str(entry["cluster"]), addresses)
    return found


def route_permissions(connection: Connection, topic: str) -> dict[str, int]:
    """Ask a name server for the permissions of a topic, by broker name; empty if unrouted."""
    code, unrouted = RequestCode.GET_ROUTEINFO_BY_TOPIC, ResponseCode.TOPIC_NOT_EXIST
    found = ask_json_unless(unrouted, connection, code, _permissions, {"topic": topic})
    return found or {}


def _permissions(body: dict[str, Any]) -> dict[str, int]:
    return {str(queue["brokerName"]): int(queue["perm"]) for queue in body["queueDatas"]}


def runtime_info(connection: Connection) -> dict[str, str]:
    """Ask a broker for its counters and offsets, as text."""
    return ask_json(
        connection,
        RequestCode.GET_BROKER_RUNTIME_INFO,
        lambda body: {str(key): str(value) for key, value in body["table"].items()},
    )


def commit_log_max_offset(connection: Connection) -> int:
    """Ask a broker how many bytes its commit log holds."""
    table = runtime_info(connection)
    try:
        return int(table["commitLogMaxOffset"])
    except (KeyError, ValueError) as error:
        fault = f"runtime info without commitLogMaxOffset ({error!r})"
        raise MalformedAnswerError(connection.address, fault) from error


def commit_log_bounds(connection: Connection) -> tuple[int, int]:
    """Ask a broker for the first byte that its commit log still holds, and for its end."""
    return _pair(connection, "commitLogMinOffset", "commitLogMaxOffset")


def _pair(connection: Connection, first: str, second: str) -> tuple[int, int]:
    table = runtime_info(connection)
    return _convert(connection, lambda: (int(table[first]), int(table[second])))


def record_at(connection: Connection, offset: int) -> bytes | None:
    """Ask a broker for the record at a byte of its commit log; None without a whole one."""
    accepted = (ResponseCode.SUCCESS, ResponseCode.SYSTEM_ERROR)
    ext = {"offset": str(offset)}
    answer = connection.ask(RequestCode.VIEW_MESSAGE_BY_ID, ext, accepted=accepted)
    return answer.body if answer.code == ResponseCode.SUCCESS else None


def log_position(connection: Connection) -> LogPosition:
    """Ask a broker what it holds; more may be readable than it says."""
    # The broker reads the end of its log first, so the difference never promises too much.
    held, behind = _pair(connection, "commitLogMaxOffset", "dispatchBehindBytes")
    return LogPosition(held, held - max(0, behind))


def broker_config(connection: Connection) -> dict[str, str]:
    """Ask a broker for its effective configuration."""
    answer = connection.ask(RequestCode.GET_BROKER_CONFIG)
    return _convert(connection, lambda: parse_properties(answer.body))


def update_broker_config(connection: Connection, changes: dict[str, str]) -> None:
    """Change a running broker's configuration in memory (and in its file, if it may)."""
    connection.ask(RequestCode.UPDATE_BROKER_CONFIG, body=render_properties(changes))


def ha_status(connection: Connection) -> HaStatus:
    """Ask a broker for its replication state."""
    return ask_json(connection, RequestCode.GET_BROKER_HA_STATUS, _ha_status)


def _ha_status(body: dict[str, Any]) -> HaStatus:
    entries = body.get("haConnectionInfo") or []
    return HaStatus(
        is_master=bool(body["master"]),
        max_offset=int(body.get("masterCommitLogMaxOffset", 0)),
        connections=tuple(_ha_connection(entry) for entry in entries),
    )


def _ha_connection(entry: dict[str, Any]) -> HaConnection:
    ip = str(entry["addr"]).rpartition(":")[0].strip("[]/")
    return HaConnection(ip, int(entry["slaveAckOffset"]))


def topic_config(connection: Connection, topic: str) -> TopicConfig | None:
    """Ask a broker for a topic; None if it has no such topic."""
    code, missing = RequestCode.GET_TOPIC_CONFIG, ResponseCode.TOPIC_NOT_EXIST
    return ask_json_unless(missing, connection, code, read_topic_config, {"topic": topic})


def read_topic_config(body: dict[str, Any]) -> TopicConfig:
    """Return a topic as its broker writes it in JSON."""
    read_queues, write_queues = int(body["readQueueNums"]), int(body["writeQueueNums"])
    return TopicConfig(read_queues, write_queues, int(body["perm"]))


def create_topic(connection: Connection, topic: str, queues: int = 1) -> None:
    """Create a topic on one broker, or change its number of queues."""
    ext = {
        "topic": topic,
        "defaultTopic": "TBW102",
        "readQueueNums": str(queues),
        "writeQueueNums": str(queues),
        "perm": str(READ_AND_WRITE),
        "topicFilterType": "SINGLE_TAG",
        "topicSysFlag": "0",
        "order": "false",
    }
    connection.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, ext)


def ask_json(
    connection: Connection, code: int, read: Callable[[dict[str, Any]], T], body: bytes = b""
) -> T:
    """Return what `read` makes of an answer's JSON.

    Raises:
        MalformedAnswerError: the answer is not JSON, or not what `read` expects.

    """
    answer = connection.ask(code, body=body)
    return _convert(connection, lambda: read(parse_json_object(answer.body)))


def ask_json_unless(
    absent: int,
    connection: Connection,
    code: int,
    read: Callable[[dict[str, Any]], T],
    ext: Mapping[str, str],
) -> T | None:
    """Do the same for a request with arguments; None for an answer with the code `absent`."""
    answer = connection.ask(code, ext, accepted=(ResponseCode.SUCCESS, absent))
    if answer.code == absent:
        return None
    return _convert(connection, lambda: read(parse_json_object(answer.body)))


def _convert(connection: Connection, read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        fault = f"an unexpected body ({error!r})"
        raise MalformedAnswerError(connection.address, fault) from error
