"""Two existing servers: machines of this computer, with a user of their own."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from machines.nspawn.identity import planned_identity
from machines.shared.paths import StackPaths
from project import ROOT

STACK = "servers"
BRIDGE = "rmq-servers"
NETWORK = "10.98.67"
ADDRESSES = {"server1": f"{NETWORK}.11", "server2": f"{NETWORK}.12"}
USER = "ops"
VERB_SECONDS = 150

MAKE_USER = f"""
useradd --create-home --shell /bin/bash {USER}
install -d -m 700 -o {USER} -g {USER} /home/{USER}/.ssh
cat >/home/{USER}/.ssh/authorized_keys
chown {USER}:{USER} /home/{USER}/.ssh/authorized_keys
chmod 600 /home/{USER}/.ssh/authorized_keys
echo '{USER} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/{USER}
# The first sudo of a user leaves files, which must not count as ours.
su {USER} -c 'sudo -n true'
"""

# What a running system changes by itself, or because of a login.
NOT_OURS = ("run", "var/log", "var/lib/systemd", "var/lib/sudo", "var/tmp", "tmp", "root")
LIST = (
    "find / /usr/local -xdev "
    f"\\( {' -o '.join(f'-path /{path}' for path in NOT_OURS)} \\) -prune -o "
    "-printf '%p %y %m %u:%g %s %T@\\n' | sort -u"
)


class Servers:
    """Creates the machines, and inspects them as root, with a key that the program never sees."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("root", USER, *ADDRESSES):
            words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name)
            subprocess.run([*words, "-f", folder / name], check=True)
        known = [f"{address} {self.public(name)}\n" for name, address in ADDRESSES.items()]
        (folder / "known_hosts").write_text("".join(known))
        self.verb("network", self._common)

    @property
    def key_file(self) -> Path:
        return self.folder / USER

    @property
    def _common(self) -> dict:
        return {
            "stack": STACK,
            "owner": {"token": "tests-existing"},
            "bridge": BRIDGE,
            "gateway": f"{NETWORK}.1",
            "prefix_length": 24,
        }

    def public(self, name: str) -> str:
        return " ".join((self.folder / f"{name}.pub").read_text().split()[:2])

    def start(self, name: str) -> None:
        """Create the machine, or start it again with its present content."""
        identity = planned_identity(STACK, name)
        spec = self._common | {
            "name": name,
            "address": ADDRESSES[name],
            "incarnation": identity.incarnation,
            "boots": identity.boots,
            "authorized_key": self.public("root"),
            "host_key_private": (self.folder / name).read_text(),
            "host_key_public": self.public(name),
            "hosts": {},
        }
        self.verb("machine", spec)

    def make_user(self, name: str) -> None:
        self.root(name, MAKE_USER, text=f"{self.public(USER)}\n")

    def kill(self, name: str) -> None:
        """Cut the power."""
        self.verb("kill", None, "--stack", STACK, "--name", name)

    def root(self, name: str, command: str, *, text: str = "") -> str:
        """Run a command line as root and return its output."""
        options = {
            "UserKnownHostsFile": self.folder / "known_hosts",
            "StrictHostKeyChecking": "yes",
            "IdentityFile": self.folder / "root",
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "ConnectTimeout": "5",
            "LogLevel": "ERROR",
        }
        words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        done = subprocess.run(
            ["ssh", "-F", "/dev/null", *words, f"root@{ADDRESSES[name]}", command],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def listing(self, name: str) -> list[str]:
        """Return every file with its size, mode, owner and time."""
        return self.root(name, LIST).splitlines()

    def pids(self, name: str) -> list[str]:
        shown = self.root(name, "systemctl show -P MainPID 'rocketmq-*.service'")
        return [pid for pid in shown.split() if pid != "0"]

    @staticmethod
    def verb(name: str, spec: dict | None, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "machines", name, *arguments],
            input=json.dumps(spec),
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=VERB_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @classmethod
    def sweep(cls) -> None:
        cls.verb("sweep", None, "--stack", STACK, "--force")

    @staticmethod
    def left() -> list[str]:
        place = StackPaths(stack=STACK)
        paths = [place.folder, Path("/sys/class/net") / BRIDGE]
        paths += [Path("/run/netns") / place.host(name).device for name in ADDRESSES]
        return [str(path) for path in paths if path.exists()]

    def settings(self) -> dict:
        """Return the committed sample settings, with these servers."""
        settings = yaml.safe_load((ROOT / "Pulumi.hosts.yaml").read_text())
        hosts = settings["config"]["rocketmq:cluster"]["hosts"]
        hosts["user"] = USER
        hosts["key"] = {"source": "file", "path": str(self.key_file)}
        for server in hosts["servers"]:
            server["address"] = ADDRESSES[server["name"]]
            server["hostKey"] = self.public(server["name"])
        return settings
