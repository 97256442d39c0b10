"""The hosts of a live stack: run commands on them, and send requests to their brokers."""

import shlex
import subprocess
import time
from pathlib import Path

from remoting.checks.brokers import check_in_sync
from remoting.checks.messages import ensure_topic
from remoting.polling import Deadline
from remoting.protocol.connection import Connection
from remoting.requests.messages import read_topic, send_message
from tests.support.counting import count_messages

SYNC_SECONDS = 60


class LiveHosts:
    """SSH with the stack's key and pinned host keys, and the remoting client of this computer."""

    def __init__(self, outputs: dict, folder: Path):
        self.outputs = outputs
        self._key = folder / "key"
        self._key.touch(mode=0o600)
        self._key.write_text(outputs["sshPrivateKey"])
        self._known = folder / "known_hosts"
        lines = [f"{host} {login['hostKey']}\n" for host, login in outputs["logins"].items()]
        self._known.write_text("".join(lines))

    def run(self, host: str, command: str, *, check: bool = True, seconds: int = 300) -> str:
        """Run a command line as root on a host and return its output."""
        done = self._ssh(host, ["bash", "-c", command], "", seconds)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_for_login(self, host: str, seconds: float) -> None:
        """Wait until a booting host accepts our login."""
        deadline = Deadline.after(seconds)
        while not self._accepts_login(host):
            assert deadline.remaining_seconds > 0, f"{host} accepts no login after {seconds} s"
            time.sleep(2)

    def _accepts_login(self, host: str) -> bool:
        try:
            return self._ssh(host, ["true"], "", 60).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def run_script(self, host: str, script: str, *words: str) -> subprocess.CompletedProcess:
        """Run a script of the project in the same way as the program."""
        return self._ssh(host, ["bash", "-s", *words], script, 300)

    def _ssh(
        self, host: str, words: list[str], text: str, seconds: int
    ) -> subprocess.CompletedProcess:
        login = self.outputs["logins"][host]
        if login["user"] != "root":
            words = ["sudo", "-n", *words]
        options = [
            f"UserKnownHostsFile={self._known}",
            f"IdentityFile={self._key}",
            f"HostKeyAlias={host}",
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "LogLevel=ERROR",
        ]
        pairs = [word for option in options for word in ("-o", option)]
        target = f"{login['user']}@{login['address']}"
        return subprocess.run(
            ["ssh", "-F", "/dev/null", *pairs, target, shlex.join(words)],
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def broker(self, name: str) -> dict:
        return next(broker for broker in self.outputs["brokers"] if broker["name"] == name)

    def address(self, name: str) -> str:
        return self.broker(name)["address"]

    def send(self, name: str, topic: str, count: int = 1, timeout: float = 3.0) -> list:
        """Send messages to one master; each result has a response code and milliseconds."""
        results = []
        for _ in range(count):
            with Connection(self.address(name), timeout) as connection:
                results.append(send_message(connection, name, topic, b"m" * 64))
        return results

    def count(self, name: str, topic: str) -> int:
        with Connection(self.address(name)) as connection:
            return count_messages(connection, topic, queues=4)

    def read(self, name: str, topic: str) -> list:
        with Connection(self.address(name)) as connection:
            return list(read_topic(connection, topic))

    def pid(self, host: str, unit: str) -> str:
        return self.run(host, f"systemctl show -P MainPID {unit}").strip()

    def create_topic_by_protocol(self, topic: str) -> None:
        """Create a topic with four queues on every master, without a JVM."""
        for master in self.masters:
            ensure_topic(self.address(master), topic, 30.0, queues=4)

    def create_topic_at(self, address: str, topic: str) -> None:
        """Create a topic with one queue on the master at an address."""
        ensure_topic(address, topic, 30.0)

    @property
    def masters(self) -> list[str]:
        return [b["name"] for b in self.outputs["brokers"] if b["role"] != "SLAVE"]

    def create_topic(self, topic: str) -> None:
        """Create a topic with four queues on both masters, with RocketMQ's own tool."""
        self.mqadmin("server1", f"updateTopic -c DefaultCluster -t {topic} -r 4 -w 4")

    def mqadmin(self, host: str, words: str) -> str:
        """Run RocketMQ's own tool on a host, with the exported name servers."""
        home = self.run(host, "ls -d /usr/local/rocketmq/versions/*").strip()
        java = "JAVA_OPT_EXT= _JAVA_OPTIONS='-Xms64m -Xmx128m -Xmn32m'"
        names = self.outputs["namesrvAddr"]
        return self.run(host, f"cd /tmp && {java} {home}/bin/mqadmin {words} -n '{names}' 2>&1")

    def wait_in_sync(self, group: str, seconds: float = SYNC_SECONDS) -> None:
        """Wait until the slave holds everything that its master holds."""
        slave = self.address(f"{group}-s")
        check_in_sync(self.address(group), [slave], Deadline.after(seconds))
