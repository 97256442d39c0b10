"""A fresh clone of this project with its own stack, as a new user would have it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from machines.shared.paths import StackPaths
from project import ROOT, cache_folder
from tests.support.working_tree import copy_working_tree

STATE_OF_MACHINES = Path("/var/lib/rocketmq-pulumi")
UP_SECONDS = 600
HOSTS = ("server1", "server2", "server3", "server4")


class Clone:
    """A copy of the working tree under git, and the commands that a user runs in it."""

    def __init__(
        self,
        folder: Path,
        stack: str,
        network: str,
        home: Path | None = None,
        like: str = "local",
    ):
        self.folder, self.stack, self.like = folder, stack, like
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PULUMI", "MAKE", "VIRTUAL_ENV", "PYTEST"))
        }
        if home is not None:
            # Another user's home, but the same cache of downloads.
            cache = str(cache_folder().parent)
            self.environment |= {"HOME": str(home), "XDG_CACHE_HOME": cache}
        copy_working_tree(folder)
        self.write_settings(network)
        self._git("init", "--quiet")
        self._git("add", "--all")
        self._git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "-m", "all")

    def write_settings(self, network: str) -> None:
        """Give the stack the settings of a committed stack, in another network."""
        settings = yaml.safe_load((ROOT / f"Pulumi.{self.like}.yaml").read_text())
        hosts = settings["config"]["rocketmq:cluster"]["hosts"]
        prefix = network.rpartition(".")[0]
        hosts["network"] = network
        for server in hosts["servers"]:
            server["address"] = f"{prefix}.{server['address'].rpartition('.')[2]}"
        self.settings_file.write_text(yaml.safe_dump(settings, sort_keys=False))

    @property
    def settings_file(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"

    def change(self, **changes: object) -> None:
        """Change keys of the `cluster` object."""
        settings = yaml.safe_load(self.settings_file.read_text())
        settings["config"]["rocketmq:cluster"].update(changes)
        self.settings_file.write_text(yaml.safe_dump(settings, sort_keys=False))

    def replace_cluster(self, cluster: dict) -> None:
        """Replace the `cluster` object."""
        settings = yaml.safe_load(self.settings_file.read_text())
        settings["config"]["rocketmq:cluster"] = cluster
        self.settings_file.write_text(yaml.safe_dump(settings, sort_keys=False))

    def cluster(self) -> dict:
        """Return the `cluster` object of the settings."""
        settings = yaml.safe_load(self.settings_file.read_text())
        return settings["config"]["rocketmq:cluster"]

    def urns(self) -> list[str]:
        """Return the URNs of all resources in the state."""
        exported = json.loads(self.pulumi("stack export").stdout)
        return [resource["urn"] for resource in exported["deployment"]["resources"]]

    def _git(self, *words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=self.folder, capture_output=True, text=True, check=True
        ).stdout

    def git_changes(self) -> str:
        return self._git("status", "--porcelain")

    def make(self, target: str, *variables: str, seconds: int = UP_SECONDS):
        """Run a make target; the result's stdout includes stderr."""
        return subprocess.run(
            ["make", "--no-print-directory", target, f"STACK={self.stack}", *variables],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=seconds,
            check=False,
        )

    @contextmanager
    def start_up(self, output: int = subprocess.PIPE) -> Iterator[subprocess.Popen]:
        """Start `make up` in a session of its own; leaving the block kills what still runs."""
        with subprocess.Popen(
            ["make", "--no-print-directory", "up", f"STACK={self.stack}"],
            cwd=self.folder,
            env=self.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def pulumi(self, words: str, seconds: int = UP_SECONDS, **environment: str):
        """Run the engine as a user would after `source toolchain/env`, with the stack's config."""
        config = f".state/stacks/{self.stack}/Pulumi.{self.stack}.yaml"
        line = f". toolchain/env && pulumi {words} --stack {self.stack} --non-interactive"
        if words.split(maxsplit=1)[0] in {"up", "preview", "destroy"}:
            line += f" --config-file {config}"
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=seconds,
            check=False,
        )

    def outputs(self) -> dict:
        done = self.pulumi("stack output --json --show-secrets")
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)

    def machines(self, *words: str) -> str:
        done = subprocess.run(
            ["python3", "-m", "machines", *words, "--stack", self.stack],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def remove(clone: Clone) -> None:
    """Destroy the clone's stack, remove the clone, and check that nothing is left."""
    down = clone.make("down")
    left = leftovers(clone)
    shutil.rmtree(clone.folder)
    assert down.returncode == 0, down.stdout[-3000:]
    assert left == []


def leftovers(clone: Clone) -> list[str]:
    """Return everything of the clone's stack that is still on this computer."""
    found = []
    place = STATE_OF_MACHINES / clone.stack
    if place.exists():
        found.append(str(place))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
                here = str((entry / "cwd").readlink())
                root = str((entry / "root").readlink())
            except OSError:
                continue
            marks = (str(place) in words, root.startswith(str(place)), here == str(clone.folder))
            if any(marks):
                found.append(f"process {entry.name}: {words}")
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    found += [line for line in mounts if str(place) in line]
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    stack = StackPaths(stack=clone.stack)
    devices = [f"rmq-{clone.stack}", *(stack.host(name).device for name in HOSTS)]
    found += [line for line in links.splitlines() if any(d in line for d in devices)]
    found += [str(p) for d in devices for p in Path("/run/netns").glob(d)]
    found += [
        str(p)
        for p in Path(tempfile.gettempdir()).glob("rocketmq-ssh-*")
        if not belongs_to_a_live_process(p)
    ]
    return found


def belongs_to_a_live_process(folder: Path) -> bool:
    return Path(f"/proc/{folder.name.split('-')[2]}").exists()
