"""Pool, volumes and cloud-init disks, made, refreshed and destroyed many times beside a busy core.

The engine leaves out the network, and with it the machines and everything on them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.conftest import say
from tests.lab.machines import daemon_runs, leftovers_of, stop_daemons, virsh
from tests.local.clone import Clone
from tests.support.dead_run import sign, sweep_after_dead_run

pytestmark = [pytest.mark.lab, pytest.mark.disks]

STACK = "labdisks"
NETWORK = "192.168.67.0/24"
ROUNDS = int(os.environ.get("ROUNDS", "30"))
SECONDS = 300
BUSY_SECONDS = 7200
SERVERS = ("server1", "server2")
WITHOUT_MACHINES = "--exclude '**::hosts-network' --exclude-dependents"
"""The domains depend on the network."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A new clone with a small image, in which nothing is installed and no machine is started."""
    ran_before = daemon_runs()
    sweep_after_dead_run(STACK, "machines.libvirt", "ready")
    folder = tmp_path_factory.mktemp("disks")
    made = Clone(folder / "rocketmq", STACK, NETWORK, like="lab")
    sign(made.folder)
    shutil.copyfile(Path(__file__).with_name("hosts_alone.py"), made.folder / "__main__.py")
    image = folder / "image.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "1M"], check=True)
    sha512 = hashlib.sha512(image.read_bytes()).hexdigest()
    hosts = made.cluster()["hosts"]
    made.change(hosts={**hosts, "image": {"source": "file", "path": str(image), "sha512": sha512}})
    done = made.make("preview", seconds=2400)
    assert done.returncode == 0, done.stdout[-3000:]
    try:
        yield made
    finally:
        down = made.make("down")
        left = leftovers_of(STACK)
        if not ran_before:
            stop_daemons()
        shutil.rmtree(made.folder)
        assert down.returncode == 0, down.stdout[-3000:]
        assert left == []


@pytest.fixture
def _busy_core():
    """Keep one core busy for at most two hours."""
    spin = (
        f"import time\nend = time.monotonic() + {BUSY_SECONDS}\nwhile time.monotonic() < end: pass"
    )
    with subprocess.Popen([sys.executable, "-c", spin]) as process:
        try:
            yield
        finally:
            process.kill()


def images() -> list[str]:
    """Return the paths of the volumes for cloud-init."""
    paths = virsh("vol-list", f"rmq-{STACK}").split()[1::2]
    return [path for path in paths if path.endswith(".iso")]


def host_name_in(image: str) -> str:
    """Return the host name that cloud-init would set from an uploaded image."""
    done = subprocess.run(
        ["isoinfo", "-R", "-i", image, "-x", "/meta-data"], capture_output=True, check=True
    )
    return json.loads(done.stdout)["local-hostname"]


@pytest.mark.usefixtures("_busy_core")
def test_disks_are_made_refreshed_and_destroyed_many_times_without_a_failure(clone):
    failures = []
    for number in range(1, ROUNDS + 1):
        for words in (
            f"up --yes --skip-preview {WITHOUT_MACHINES}",
            "refresh --yes --skip-preview",
            "refresh --yes --skip-preview",
            "destroy --yes --skip-preview",
        ):
            done = clone.pulumi(words, seconds=SECONDS)
            if done.returncode:
                failures.append(f"round {number}: {words.split()[0]}: {done.stdout[-1500:]}")
                say(failures[-1])
            if words.startswith("up"):
                assert sorted(map(host_name_in, images())) == list(SERVERS), done.stdout
                assert list((clone.folder / ".state" / "cloud-init").iterdir()) == []
        say(f"disks: round {number} of {ROUNDS}, {len(failures)} failures")
    assert failures == []
