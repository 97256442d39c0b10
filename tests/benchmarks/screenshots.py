"""Take the pictures in docs/images: `python -m tests.benchmarks.screenshots STACK`, a running one.

Messages are sent meanwhile, so that the page shows traffic; a slave is stopped for one picture.
"""

import sys
import tempfile
import threading
from pathlib import Path

from project import ROOT
from remoting.protocol.connection import Connection
from remoting.requests.messages import send_message
from tests.benchmarks.live import outputs_of
from tests.local.hosts import LiveHosts
from tests.support.browser_session import Browser

IMAGES = ROOT / "docs" / "images"
TOPICS = ("orders", "payments", "shipments")
BUSY_SECONDS = 45.0


def produce(hosts: LiveHosts, stop: threading.Event) -> None:
    for topic in TOPICS:
        hosts.create_topic_by_protocol(topic)
    connections = {name: Connection(hosts.address(name)) for name in hosts.masters}
    turn = 0
    while not stop.wait(0.2):
        for name, connection in connections.items():
            turn += 1
            # Alternately more and less traffic.
            for number in range(turn // 7 % 5 + 1):
                topic = TOPICS[number % len(TOPICS)]
                send_message(connection, name, topic, b"m" * 200, number % 4)


def take(browser: Browser, password: str, name: str, **window: object) -> None:
    browser.do("open", **window)
    browser.do("log_in", password=password)
    browser.do("wait", selector="#verification", text="server2")
    browser.do("screenshot", path=str(IMAGES / f"{name}.png"), whole=False)


def main(stack: str) -> None:
    outputs = outputs_of(stack)
    password = outputs["consolePassword"]
    IMAGES.mkdir(exist_ok=True)
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder, Browser(outputs["consoleUrl"]) as browser:
        hosts = LiveHosts(outputs, Path(folder))
        producer = threading.Thread(target=produce, args=(hosts, stop))
        producer.start()
        stop.wait(BUSY_SECONDS)
        take(browser, password, "console-light", width=1280, height=1000)
        take(browser, password, "console-phone", width=390, height=844)
        stop.set()
        producer.join()
        slave = next(b for b in outputs["brokers"] if b["role"] == "SLAVE")
        unit = f"rocketmq-{slave['name']}.service"
        hosts.run(slave["host"], f"systemctl stop {unit}")
        try:
            browser.do("wait", selector="#problems", text="is missing")
            take(browser, password, "console-dark", width=1280, height=1000, scheme="dark")
        finally:
            hosts.run(slave["host"], f"systemctl start {unit}")


if __name__ == "__main__":
    main(sys.argv[1])
