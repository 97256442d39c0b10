"""Kill a master, wait for the next one, and count every acknowledged message."""

import time

from remoting.protocol.connection import Connection
from remoting.requests.admin import topic_config
from remoting.requests.messages import read_topic
from tests.support.numbered_producer import NumberedProducer, find_master

GROUP, TOPIC = "broker-a", "counted"
ELECTED_SECONDS = 60
TOPIC_SECONDS = 120


def name_servers_of(hosts):
    return hosts.outputs["namesrvAddr"].split(";")


def missing(address, topic, numbers):
    """Return the numbers of the messages that a broker does not have."""
    with Connection(address, 10.0) as connection:
        there = {message.body for message in read_topic(connection, topic)}
    return [number for number in numbers if str(number).encode() not in there]


def wait_for_topic_everywhere(hosts, topic):
    """Wait until every replica has the topic: one without it could not take over."""
    deadline = time.monotonic() + TOPIC_SECONDS
    addresses = [b["address"] for b in hosts.outputs["brokers"] if b["name"].startswith(GROUP)]
    while addresses:
        with Connection(addresses[0]) as connection:
            found = topic_config(connection, topic)
        if found:
            addresses.pop(0)
        else:
            assert time.monotonic() < deadline, addresses
            time.sleep(1)


def kill_master(hosts, address):
    broker = next(b for b in hosts.outputs["brokers"] if b["address"] == address)
    unit = f"rocketmq-{broker['name']}"
    # Also stopped, so that systemd does not restart it before the failure is noticed.
    hosts.run(broker["host"], f"systemctl kill -s KILL {unit}; systemctl stop {unit}")
    return broker


def elect_and_count(cluster):
    """Kill the master and check that no message is lost.

    Returns:
        The longest time in seconds without an acknowledged message.

    """
    hosts = cluster.hosts
    name_servers = name_servers_of(hosts)
    first = find_master(name_servers, GROUP)
    hosts.create_topic_at(first, TOPIC)
    wait_for_topic_everywhere(hosts, TOPIC)
    with NumberedProducer(name_servers, GROUP, TOPIC) as producer:
        producer.wait_for(50, 60)
        killed = kill_master(hosts, first)
        producer.wait_for(50, ELECTED_SECONDS, by_other_than=first)
    second = find_master(name_servers, GROUP)
    assert second != first
    gap = producer.longest_gap()
    assert missing(second, TOPIC, producer.acknowledged) == []
    hosts.run(killed["host"], f"systemctl start rocketmq-{killed['name']}")
    cluster.verify()
    now = find_master(name_servers, GROUP)
    assert missing(now, TOPIC, producer.acknowledged) == []
    return gap
