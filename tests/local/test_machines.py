"""Two real machines on this computer, in a temporary stack."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from machines.nspawn.identity import planned_identity
from machines.shared.paths import StackPaths
from project import ROOT

pytestmark = pytest.mark.local

STACK = "machinetest"
BRIDGE = "rmqtest0"
ADDRESSES = {"server1": "10.213.77.11", "server2": "10.213.77.12"}
PLACE = StackPaths(stack=STACK)
VERB_SECONDS = 150
LOCKS_OF_OTHERS: set[str] = set()


def verb(name, spec=None, *arguments, check=True):
    done = subprocess.run(
        [sys.executable, "-m", "machines", name, *arguments],
        input=json.dumps(spec),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=VERB_SECONDS,
        check=False,
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done


def tool(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout


def nspawn_locks():
    return {str(lock) for lock in Path("/run/systemd/nspawn/locks").glob("*")}


def leftovers():
    """Return everything of the stack that is left on this computer."""
    found = [str(PLACE.folder)] if PLACE.folder.exists() else []
    devices = [BRIDGE, *(PLACE.host(name).device for name in ADDRESSES)]
    for device in devices:
        for folder in (
            "/sys/class/net",
            "/run/netns",
            "/run/systemd/nspawn/propagate",
            "/sys/fs/cgroup",
            "/sys/fs/cgroup/systemd",
            "/sys/fs/cgroup/memory",
        ):
            path = Path(folder) / device
            found += [str(path)] if path.exists() else []
    found += sorted(nspawn_locks() - LOCKS_OF_OTHERS)
    found += [
        line
        for line in Path("/proc/self/mountinfo").read_text().splitlines()
        if f"/{STACK}/" in line
    ]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            mounts = (folder / "mountinfo").read_text()
        except OSError:
            continue
        inside = any(
            f"upperdir={PLACE.hosts_folder}/" in line and line.split()[4] == "/"
            for line in mounts.splitlines()
        )
        if inside or f"--directory={PLACE.hosts_folder}/".encode() in command:
            found.append(f"process {folder.name}: {command!r}")
    locks = [PLACE.lock_file, *(PLACE.host(name).lock_file for name in ADDRESSES)]
    return found + [str(lock) for lock in locks if lock.exists()]


class Lab:
    def __init__(self, keys):
        self.keys = keys
        for name in ("user", *ADDRESSES):
            tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", keys / name)
        self.pinned = keys / "known_hosts"
        self.pinned.write_text(
            "".join(f"{address} {self.text(name, '.pub')}" for name, address in ADDRESSES.items())
        )
        self.base = {"stack": STACK, "owner": {"token": "t1"}}
        self.network_spec = {
            **self.base,
            "bridge": BRIDGE,
            "gateway": "10.213.77.1",
            "prefix_length": 24,
        }

    def text(self, name, suffix=""):
        return (self.keys / f"{name}{suffix}").read_text()

    def spec(self, name, **changed):
        identity = planned_identity(STACK, name)
        return {
            **self.network_spec,
            "name": name,
            "incarnation": identity.incarnation,
            "boots": identity.boots,
            "address": ADDRESSES[name],
            "authorized_key": self.text("user", ".pub"),
            "host_key_private": self.text(name),
            "host_key_public": self.text(name, ".pub"),
            "hosts": ADDRESSES,
            **changed,
        }

    def ensure(self, name):
        return json.loads(verb("machine", self.spec(name)).stdout.splitlines()[-1])

    def ensure_killed_after(self, seconds, name="server1"):
        """Run the verb `machine` in its own process group, and SIGKILL it after some time."""
        process = subprocess.Popen(
            [sys.executable, "-m", "machines", "machine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        process.stdin.write(json.dumps(self.spec(name)))
        process.stdin.close()
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def ssh(self, name, command):
        done = subprocess.run(
            [
                *("ssh", "-F", "none", "-i", self.keys / "user", "-o", "BatchMode=yes"),
                *("-o", f"UserKnownHostsFile={self.pinned}", "-o", "StrictHostKeyChecking=yes"),
                *("-o", "GlobalKnownHostsFile=none", "-o", "ConnectTimeout=5"),
                *(f"root@{ADDRESSES[name]}", command),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def listed():
    rows = json.loads(verb("list", None, "--stack", STACK).stdout)
    return {row["name"]: row for row in rows}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("machines need root")
    verb("sweep", None, "--stack", STACK, "--force")
    LOCKS_OF_OTHERS.update(nspawn_locks())
    made = Lab(tmp_path_factory.mktemp("keys"))
    verb("image")
    yield made
    verb("sweep", None, "--stack", STACK, "--force")
    assert leftovers() == []


@pytest.fixture(name="machines")
def _machines(lab):
    """Both machines, running."""
    verb("network", lab.network_spec)
    for name in ADDRESSES:
        lab.ensure(name)
    return lab


def test_machine_of_an_unclaimed_stack_is_refused(lab):
    refused = verb("machine", lab.spec("server1"), check=False)
    assert refused.returncode == 1
    assert "not claimed" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_machine_has_its_pinned_key_and_resolves_the_other_by_name(machines):
    for name, other in (("server1", "server2"), ("server2", "server1")):
        assert machines.ssh(name, "hostname") == name
        assert "1 received" in machines.ssh(name, f"ping -c 1 -W 2 {other}")


def test_machine_boots_without_failed_units(machines):
    states = machines.ssh("server1", "systemctl is-system-running --wait; systemctl --failed")
    assert states.splitlines()[0] == "running", states


@pytest.mark.usefixtures("machines")
def test_machines_share_no_managed_cgroup():
    one, other = (
        set(Path(f"/proc/{row['pid']}/cgroup").read_text().splitlines())
        for row in listed().values()
    )
    managed = {line for line in one if line.endswith("/supervisor")}
    assert managed
    assert not managed & other


def test_second_run_changes_nothing(machines):
    before = listed()
    first = machines.ssh(
        "server1", "cat /proc/sys/kernel/random/uuid > /root/mark; cat /root/mark"
    )
    assert machines.ensure("server1")["incarnation"] == before["server1"]["incarnation"]
    assert listed() == before
    assert machines.ssh("server1", "cat /root/mark") == first


@pytest.mark.usefixtures("machines")
def test_planned_identity_of_a_running_machine_is_its_own():
    row = listed()["server1"]
    identity = planned_identity(STACK, "server1")
    assert (identity.incarnation, identity.boots) == (row["incarnation"], row["boots"])


def test_kill_keeps_the_data_and_the_next_start_increments_boots(machines):
    before = listed()
    machines.ssh("server1", "echo kept > /root/kept")
    verb("kill", None, "--stack", STACK)
    assert [row["running"] for row in listed().values()] == [False, False]
    tool("ip", "link", "del", BRIDGE)
    for name in ADDRESSES:
        assert planned_identity(STACK, name).boots == before[name]["boots"] + 1
        machines.ensure(name)
        assert listed()[name]["boots"] == before[name]["boots"] + 1
        assert listed()[name]["incarnation"] == before[name]["incarnation"]
    assert machines.ssh("server1", "cat /root/kept") == "kept"


def test_new_host_key_takes_effect_without_a_restart(machines):
    pid = listed()["server1"]["pid"]
    swapped = machines.spec(
        "server1",
        host_key_private=machines.text("server2"),
        host_key_public=machines.text("server2", ".pub"),
    )
    verb("machine", swapped)
    try:
        scanned = tool("ssh-keyscan", "-t", "ed25519", ADDRESSES["server1"])
        assert machines.text("server2", ".pub").split()[1] in scanned
    finally:
        verb("machine", machines.spec("server1"))
    assert listed()["server1"]["pid"] == pid
    assert machines.ssh("server1", "hostname") == "server1"


def test_machine_of_another_incarnation_is_refused(machines):
    refused = verb("machine", machines.spec("server1", incarnation="0" * 12), check=False)
    assert refused.returncode == 1
    assert "remove it first" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.usefixtures("machines")
def test_other_project_is_refused_with_the_owners_path(tmp_path):
    other = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "machines", "check-owner", "--stack", STACK]
    done = subprocess.run(
        [*command, "--token", "t2"],
        cwd=tmp_path,
        env=other,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert str(ROOT) in done.stderr
    same_state = subprocess.run(
        [*command, "--token", "t1"], cwd=tmp_path, env=other, capture_output=True, check=False
    )
    assert same_state.returncode == 0


def test_removed_machine_gets_another_incarnation(machines):
    before = listed()["server2"]
    verb("remove", {**machines.base, "name": "server2"})
    verb("remove", {**machines.base, "name": "server2"})
    assert list(listed()) == ["server1"]
    planned = planned_identity(STACK, "server2")
    assert planned.boots == 1
    assert planned.incarnation != before["incarnation"]
    machines.ensure("server2")
    assert "1 received" in machines.ssh("server2", "ping -c 1 -W 2 server1")


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.1])
def test_killed_start_is_completed_by_the_next_run(machines, seconds):
    verb("kill", None, "--stack", STACK, "--name", "server1")
    boots = listed()["server1"]["boots"]
    machines.ensure_killed_after(seconds)
    machines.ensure("server1")
    assert listed()["server1"]["boots"] == boots + 1
    assert machines.ssh("server1", "hostname") == "server1"


@pytest.mark.parametrize("seconds", [0.12, 0.25, 0.45, 0.8])
def test_killed_creation_is_completed_by_the_next_run(machines, seconds):
    verb("remove", {**machines.base, "name": "server1"})
    machines.ensure_killed_after(seconds)
    machines.ensure("server1")
    assert listed()["server1"]["boots"] == 1
    assert machines.ssh("server1", "hostname") == "server1"


def test_machine_outlives_the_process_group_that_made_it(machines):
    verb("remove", {**machines.base, "name": "server1"})
    machines.ensure_killed_after(4)
    assert machines.ssh("server1", "hostname") == "server1"


@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.6])
def test_sweep_after_a_killed_creation_leaves_nothing(lab, seconds):
    verb("network", lab.network_spec)
    lab.ensure_killed_after(seconds, "server2")
    verb("sweep", None, "--stack", STACK)
    assert leftovers() == []


def test_removing_machines_and_network_one_by_one_leaves_nothing(machines):
    for name in ADDRESSES:
        verb("remove", {**machines.base, "name": name})
    verb("remove-network", machines.base)
    verb("remove-network", machines.base)
    assert leftovers() == []


@pytest.mark.usefixtures("machines")
def test_sweep_of_running_machines_without_their_records_leaves_nothing():
    PLACE.network_file.unlink()
    PLACE.host("server1").record_file.unlink()
    verb("sweep", None, "--stack", STACK)
    assert leftovers() == []
