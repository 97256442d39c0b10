"""Send and receive messages through a proxy with the official Python client.

    exchange.py ENDPOINT TOPIC GROUP COUNT SECONDS

It sends COUNT messages, then receives until it has them all or SECONDS are over, and prints one
JSON object: the ids that were sent, and those that were received and acknowledged.
"""

import json
import sys
import time

from rocketmq import (
    ClientConfiguration,
    Credentials,
    FilterExpression,
    Message,
    Producer,
    SimpleConsumer,
)
from rocketmq.v5.exception.client_exception import InternalErrorException

BATCH, INVISIBLE_SECONDS = 32, 30
POLL_SECONDS = 5
"""The least that a proxy waits for messages.

Each `receive` asks one broker, chosen at random, and waits there even if others have messages
(https://github.com/apache/rocketmq/issues/9145). With the default of 20 s, a minute is over after
three wrong choices.
"""
PAUSE_SECONDS = 0.3


def send(configuration, topic, count):
    producer = Producer(configuration, (topic,), tls_enable=False)
    producer.startup()
    ids = []
    for number in range(count):
        message = Message()
        message.topic = topic
        message.body = f"{topic} {number}".encode()
        ids.append(producer.send(message).message_id)
    producer.shutdown()
    return ids


def receive(configuration, topic, group, wanted, seconds):
    consumer = SimpleConsumer(
        configuration,
        group,
        {topic: FilterExpression("*")},
        await_duration=POLL_SECONDS,
        tls_enable=False,
    )
    consumer.startup()
    deadline, ids = time.monotonic() + seconds, []
    while time.monotonic() < deadline and not wanted <= set(ids):
        for message in retried(lambda: consumer.receive(BATCH, INVISIBLE_SECONDS), deadline):
            retried(lambda received=message: consumer.ack(received), deadline)
            ids.append(message.message_id)
    consumer.shutdown()
    return ids


def retried(call, deadline):
    """Repeat a call while the proxy answers with an internal error, until the deadline.

    It does so until it has read the settings that the client sends on another stream.
    """
    while True:
        try:
            return call()
        except InternalErrorException:
            if time.monotonic() > deadline:
                raise
        time.sleep(PAUSE_SECONDS)


def main():
    endpoint, topic, group, count, seconds = sys.argv[1:]
    configuration = ClientConfiguration(endpoint, Credentials())
    sent = send(configuration, topic, int(count))
    received = receive(configuration, topic, group, set(sent), float(seconds))
    print(json.dumps({"sent": sent, "received": received}))  # noqa: T201 (its result)


main()
