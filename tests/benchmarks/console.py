"""Measure the console of a running cluster: `python -m tests.benchmarks.console STACK`.

All numbers are from one run; the table goes into docs/console.md together with the date.
A slave is stopped for some seconds, and all brokers are frozen for some more.
"""

import base64
import http.client
import json
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from project import ROOT
from remoting.checks.registration import BrokerIdentity, check_broker_registered
from remoting.errors import RemotingError
from remoting.polling import Deadline
from remoting.protocol.connection import Connection
from tests.benchmarks.live import outputs_of
from tests.local.hosts import LiveHosts

DOCUMENT = ROOT / "docs" / "console.md"
BEGIN = "<!-- measured: written by make bench-console -->\n"
END = "<!-- end of measured -->"
SENT = re.compile(r"^rocketmq_console_requests_total (\S+)$", re.MULTILINE)
REQUESTS = 200
PAGES = 50
MEASURED_SECONDS, EVERY_SECONDS = 30.0, 2.0
LONGEST_SECONDS = 120.0


class Console:
    """Requests to the console with a session, as a browser sends them."""

    def __init__(self, outputs: dict):
        self.address = urlsplit(outputs["consoleUrl"]).netloc
        self._basic = base64.b64encode(f"admin:{outputs['consolePassword']}".encode()).decode()
        self._cookie = self._log_in(outputs["consolePassword"])

    def _log_in(self, password: str) -> str:
        connection = http.client.HTTPConnection(self.address, timeout=10)
        body = json.dumps({"password": password})
        connection.request("POST", "/login", body, {"Content-Type": "application/json"})
        cookie = connection.getresponse().getheader("Set-Cookie", "")
        connection.close()
        return cookie.partition(";")[0]

    def get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection(self.address, timeout=10)
        headers = {"Cookie": self._cookie, "Accept-Encoding": "gzip"}
        if path == "/metrics":
            headers = {"Authorization": f"Basic {self._basic}"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == 200, f"{path}: {answer.status}"
        return body

    def milliseconds(self, path: str) -> tuple[float, float]:
        """Return the median and the 99th percentile of REQUESTS requests."""
        times = []
        for _ in range(REQUESTS):
            started = time.perf_counter()
            self.get(path)
            times.append((time.perf_counter() - started) * 1000)
        return statistics.median(times), statistics.quantiles(times, n=100)[98]

    def asked(self) -> int:
        """Return how many requests the console has sent to the cluster since its start."""
        text = self.get("/metrics").decode()
        return int(
            float(re.findall(r"^rocketmq_console_requests_total (\S+)$", text, re.MULTILINE)[0])
        )

    def problems(self) -> list[tuple[str, str]]:
        connection = http.client.HTTPConnection(self.address, timeout=10)
        connection.request("GET", "/api/cluster", headers={"Cookie": self._cookie})
        document = json.loads(connection.getresponse().read())
        connection.close()
        return [(one["kind"], one["subject"]) for one in document["problems"]]

    def seconds_until(self, is_seen: Callable[[list[tuple[str, str]]], bool]) -> float:
        started = time.monotonic()
        while not is_seen(self.problems()):
            assert time.monotonic() - started < LONGEST_SECONDS, self.problems()
            time.sleep(0.1)
        return time.monotonic() - started


@contextmanager
def frozen(hosts: LiveHosts) -> Iterator[None]:
    brokers = hosts.outputs["brokers"]

    def signal(name: str) -> None:
        for broker in brokers:
            unit = f"rocketmq-{broker['name']}.service"
            hosts.run(broker["host"], f"systemctl kill --signal={name} {unit}")

    signal("STOP")
    try:
        yield
    finally:
        signal("CONT")


def answers(address: str) -> bool:
    try:
        Connection(address, 1).close()
    except RemotingError:
        return False
    return True


def wait_until_listed(outputs: dict, broker: dict) -> None:
    name_servers = outputs["namesrvAddr"].split(";")
    group = broker["name"].removesuffix("-s")
    identity = BrokerIdentity(outputs["console"]["cluster"], group, 1, broker["address"])
    check_broker_registered(name_servers, identity, Deadline.after(LONGEST_SECONDS), nudge=False)


def requests_per_minute(console: Console, pages: int) -> float:
    """Return how many requests the cluster gets while this many pages are open."""
    stop = threading.Event()

    def request() -> None:
        while not stop.is_set():
            console.get("/api/cluster")
            stop.wait(EVERY_SECONDS)

    threads = [threading.Thread(target=request) for _ in range(pages)]
    for thread in threads:
        thread.start()
    before, started = console.asked(), time.monotonic()
    time.sleep(MEASURED_SECONDS)
    asked, seconds = console.asked() - before, time.monotonic() - started
    stop.set()
    for thread in threads:
        thread.join()
    return asked / seconds * 60


def measure(outputs: dict, folder: Path) -> list[tuple[str, str, str]]:
    hosts, console = LiveHosts(outputs, folder), Console(outputs)
    rows = [("", "cluster up", "every broker hung")]
    up = {path: console.milliseconds(path) for path in ("/", "/api/cluster")}
    one, many = requests_per_minute(console, 1), requests_per_minute(console, PAGES)
    pid = hosts.pid(outputs["console"]["host"], "rocketmq-console.service")
    status = hosts.run(outputs["console"]["host"], f"cat /proc/{pid}/status")
    memory = int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1000
    slave = next(b for b in outputs["brokers"] if b["role"] == "SLAVE")
    unit = f"rocketmq-{slave['name']}.service"
    stopping = threading.Thread(target=hosts.run, args=(slave["host"], f"systemctl stop {unit}"))
    stopping.start()
    while answers(slave["address"]):
        time.sleep(0.05)
    gone = console.seconds_until(lambda seen: ("missing", slave["name"]) in seen)
    stopping.join()
    hosts.run(slave["host"], f"systemctl start {unit}")
    wait_until_listed(outputs, slave)
    hosts.wait_in_sync(slave["name"].removesuffix("-s"))
    back = console.seconds_until(lambda seen: not seen)
    with frozen(hosts):
        console.seconds_until(lambda seen: ("clusterDead", "cluster") in seen)
        hung = {path: console.milliseconds(path) for path in up}
    console.seconds_until(lambda seen: not seen)
    for path, name in (("/", "the page"), ("/api/cluster", "its data")):
        rows.append(
            (
                f"{name}, median and 99th percentile of {REQUESTS}",
                *(f"{times[path][0]:.1f} ms, {times[path][1]:.1f} ms" for times in (up, hung)),
            )
        )
    rows.append(
        (
            f"requests to the cluster a minute, 1 page and {PAGES} open",
            f"{one:.0f} and {many:.0f} (x {many / one:.2f})",
            "",
        )
    )
    rows.append((f"memory with {PAGES} pages open", f"{memory:.0f} MB", ""))
    rows.append(
        ("a stopped slave takes no connection, then is shown as missing", f"{gone:.1f} s", "")
    )
    rows.append(("it is listed and in sync again, then all is as planned", f"{back:.1f} s", ""))
    return rows


def main(stack: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        head, *rows = measure(outputs_of(stack), Path(folder))
    table = [head, ("---", "---", "---"), *rows]
    lines = [f"| {' | '.join(row)} |" for row in table]
    caption = f"Stack {stack} on a computer with 2 cores, which run the cluster, too; measured on "
    text = "\n".join([f"{caption}{datetime.now(UTC).date()}:", "", *lines])
    before, begin, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{begin}{text}\n{END}{rest.partition(END)[2]}", "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
