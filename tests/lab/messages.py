"""Send messages to all masters, and check that they are all there."""

from tests.local.hosts import LiveHosts

SEND_OK = 0
FLUSH_SLAVE_TIMEOUT = 12
SEND_SECONDS = 30.0


def send_all(hosts: LiveHosts, topic: str) -> dict[str, set[str]]:
    """Send ten messages to each master, all replicated; return their ids."""
    hosts.create_topic_by_protocol(topic)
    ids = {}
    for master in hosts.masters:
        sent = hosts.send(master, topic, 10, timeout=SEND_SECONDS)
        assert [message.code for message in sent] == [SEND_OK] * 10
        ids[master] = {message.message_id for message in sent}
    return ids


def assert_all_there(hosts: LiveHosts, topic: str, ids: dict[str, set[str]]) -> None:
    for master in hosts.masters:
        assert {message.unique_key for message in hosts.read(master, topic)} == ids[master]
