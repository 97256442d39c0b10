"""A slave has every topic of its master, with and without attributes, and serves its messages.

Takes two minutes: a slave copies metadata a minute after its start and then every minute, which
no property changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from blueprint.rendering.processes import DRAINED
from remoting.codes import RequestCode, ResponseCode
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.requests.admin import READ_AND_WRITE, ask_json
from remoting.requests.messages import read_topic, send_message
from tests.processes.instances import make_group, running
from tests.processes.lenient_groups import in_sync, ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.processes.instances import Group, Instance

pytestmark = pytest.mark.processes

SYNC_SECONDS = 90
"""A sync each minute, looked for every three seconds, on a busy computer."""
ATTRIBUTES = {
    "plain": "",
    "fifo": "+message.type=FIFO",
    "delayed": "+message.type=DELAY",
    "normal": "+message.type=NORMAL",
}
"""The attributes of each topic, as a request spells them."""
LATER = {"later-plain": "", "later-fifo": "+message.type=FIFO"}
MESSAGES = 5


@pytest.fixture(scope="module")
def group(rocketmq: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """Start a group whose slave serves reads; leave no process behind."""
    made = make_group(tmp_path_factory.mktemp("metadata"), rocketmq)
    made.slave.properties["slaveReadEnable"] = "true"
    for key in (line.partition("=")[0] for line in DRAINED):
        del made.master.properties[key]
    with running(made.instances):
        ready(made, made.master, made.slave)
        in_sync(made)
        yield made


def create(group: Group, topics: dict[str, str]) -> None:
    """Create topics with one queue on the master, and send messages to each."""
    with Connection(group.master.address) as connection:
        for topic, attributes in topics.items():
            ext = {
                "topic": topic,
                "defaultTopic": "TBW102",
                "readQueueNums": "1",
                "writeQueueNums": "1",
                "perm": str(READ_AND_WRITE),
                "topicFilterType": "SINGLE_TAG",
                "topicSysFlag": "0",
                "order": "false",
                "attributes": attributes,
            }
            connection.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, ext)
        for topic in topics:
            for body in bodies(topic):
                sent = send_message(connection, "broker-a", topic, body)
                assert sent.code == ResponseCode.SUCCESS, sent


def bodies(topic: str) -> list[bytes]:
    return [f"{topic} {number}".encode() for number in range(MESSAGES)]


def metadata(instance: Instance) -> tuple[Any, dict[str, Any]]:
    """Return the version of a broker's topics, and the attributes of each topic."""

    def read(body: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        topics = body["topicConfigTable"].items()
        return body["dataVersion"], {name: topic["attributes"] for name, topic in topics}

    with Connection(instance.address) as connection:
        return ask_json(connection, RequestCode.GET_ALL_TOPIC_CONFIG, read)


def failed_syncs(instance: Instance) -> int:
    log = instance.home / "logs" / "rocketmqlogs" / "broker.log"
    return log.read_text("utf-8").count("SyncTopicConfig Exception")


def wait_for_sync(group: Group) -> None:
    """Wait until the slave has copied the master's present topics, or has failed to."""
    failed = failed_syncs(group.slave)

    def attempt(_: float) -> None:
        copied = metadata(group.slave)[0] == metadata(group.master)[0]
        if not copied and failed_syncs(group.slave) == failed:
            cause = "the slave has an earlier version of the topics"
            raise NotYetError(cause)

    check = Check("synced", group.slave.address, str(group.slave.output))
    poll(attempt, check, Deadline.after(SYNC_SECONDS))


def test_the_slave_has_every_topic_after_two_syncs_and_serves_it_without_the_master(
    group: Group,
):
    after = []
    for topics in (ATTRIBUTES, LATER):
        create(group, topics)
        wait_for_sync(group)
        after.append((metadata(group.slave)[1], metadata(group.master)[1]))
    in_sync(group)
    group.master.kill()
    wanted = ATTRIBUTES | LATER
    readable = {}
    with Connection(group.slave.address) as connection:
        present = metadata(group.slave)[1].keys()
        for topic in wanted:
            messages = read_topic(connection, topic) if topic in present else ()
            readable[topic] = [message.body for message in messages]
    missing = [sorted(master.keys() - slave.keys()) for slave, master in after]
    assert missing == [[], []]
    assert [slave == master for slave, master in after] == [True, True]
    assert readable == {topic: bodies(topic) for topic in wanted}
    assert after[1][0]["fifo"] == {"message.type": "FIFO"}
