import os
import re
import shutil
import subprocess

import pytest
import yaml

from tests.existing.servers import ADDRESSES, Servers
from tests.local.clone import Clone
from tests.support.root import require_root


class ServersClone(Clone):
    """A clone whose stack uses the servers of the test."""

    def __init__(self, folder, servers):
        self.servers = servers
        super().__init__(folder, "elsewhere", "")

    def write_settings(self, network):
        del network
        self.set_cluster()

    def set_cluster(self, **hosts):
        """Write the settings; `server1__hostKey` is a key of that server, others are of hosts."""
        settings = self.servers.settings()
        cluster = settings["config"]["rocketmq:cluster"]
        cluster["purgeData"] = hosts.pop("purgeData", False)
        for path, value in hosts.items():
            name, _, key = path.partition("__")
            servers = {server["name"]: server for server in cluster["hosts"]["servers"]}
            owner = servers[name] if key else cluster["hosts"]
            owner[key or name] = value
        self.settings_file.write_text(yaml.safe_dump(settings, sort_keys=False))

    def lines_about_the_stack(self, done):
        """Return the lines that a command printed, without those of the setup and of progress."""
        # The page of steps ends with the last of its indented lines.
        printed = re.sub(r"\Amake up, stack .*\n(?:  .*\n)+", "", done.stdout)
        noise = ("toolchain: ", "RocketMQ 5", "stack elsewhere: checks of ", "make: ***")
        return [line for line in printed.splitlines() if not line.startswith(noise)]


@pytest.fixture(scope="session", autouse=True)
def _only_as_root():
    require_root("tests/existing")


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Both servers, running, with the user; checks at the end that nothing of them is left."""
    Servers.sweep()
    try:
        made = Servers(tmp_path_factory.mktemp("keys"))
        for name in ADDRESSES:
            made.start(name)
            made.make_user(name)
        yield made
    finally:
        Servers.sweep()
    assert Servers.left() == []


@pytest.fixture(scope="session")
def clone(servers, tmp_path_factory):
    made = ServersClone(tmp_path_factory.mktemp("clone") / "rocketmq", servers)
    # Its progress is not to be among the lines of the first test's command.
    done = made.make("setup")
    assert done.returncode == 0, done.stdout[-3000:]
    yield made
    shutil.rmtree(made.folder)


@pytest.fixture(scope="session")
def agent(servers, tmp_path_factory):
    """The socket of an SSH agent that holds the user's key."""
    socket = tmp_path_factory.mktemp("agent") / "socket"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
    try:
        subprocess.run(
            [
                "bash",
                "-c",
                f"until [ -S {socket} ]; do sleep 0.1; done; ssh-add -q {servers.key_file}",
            ],
            env=environment,
            timeout=20,
            check=True,
        )
        yield str(socket)
    finally:
        process.terminate()
        process.wait(timeout=10)
