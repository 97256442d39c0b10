"""Machines are lost, rebuilt and enlarged; one `up` repairs each, and no message is lost."""

import re
import time
from pathlib import Path

import pytest

from tests.lab.conftest import UP_SECONDS, made_lab, say
from tests.lab.machines import virsh
from tests.lab.messages import assert_all_there, send_all
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts

pytestmark = [pytest.mark.lab, pytest.mark.machines]

SERVER1 = "rmq-labtest-server1"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """One group is enough; with fixed heaps, more memory changes no rendered file."""
    heap = {"nameServer": "96MiB", "broker": "352MiB", "brokerDirect": "352MiB"}
    with made_lab(tmp_path_factory, brokerGroups=["broker-a"], heap=heap) as made:
        yield made


@pytest.fixture(autouse=True)
def _settled(clone, hosts):
    """Each test starts with a verified cluster, whatever the previous one did."""
    hosts.wait_for_login("server1", seconds=900)
    check = clone.make("verify", seconds=UP_SECONDS)
    assert check.returncode == 0, check.stdout[-6000:]


def up(clone: Clone, what: str) -> str:
    """Run `pulumi up` once with the current settings."""
    assert clone.make("preview", seconds=UP_SECONDS).returncode == 0
    started = time.monotonic()
    done = clone.pulumi("up --yes --skip-preview", seconds=UP_SECONDS)
    say(f"{what}: pulumi up in {time.monotonic() - started:.0f} s")
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def incarnation(hosts: LiveHosts) -> str:
    return hosts.run("server1", "cat /var/lib/rocketmq-pulumi-incarnation")


def test_a_machine_destroyed_outside_pulumi_is_rebuilt_with_its_data_disk(
    clone: Clone, hosts: LiveHosts
):
    ids = send_all(hosts, "destroyed")
    before = incarnation(hosts)
    system = volume_of(SERVER1, "vda")
    virsh("destroy", SERVER1)
    virsh("undefine", SERVER1)
    Path(system).unlink()
    printed = up(clone, "destroyed behind the engine's back")
    assert re.search(r"server1-rocketmq-unpacked (replaced|created)", printed)
    assert "server2-domain" not in changed_in(printed)
    assert incarnation(hosts) != before
    assert_all_there(hosts, "destroyed", ids)


def test_a_dead_machine_is_replaced_by_one_update(clone: Clone, hosts: LiveHosts):
    ids = send_all(hosts, "replaced-dead")
    before = incarnation(hosts)
    virsh("destroy", SERVER1)
    urn = next(u for u in clone.urns() if u.endswith("::server1-system-disk"))
    started = time.monotonic()
    done = clone.pulumi(f"up --yes --skip-preview --replace '{urn}'", seconds=UP_SECONDS)
    say(f"a dead machine replaced: pulumi up in {time.monotonic() - started:.0f} s")
    assert done.returncode == 0, done.stdout[-6000:]
    assert incarnation(hosts) != before
    assert_all_there(hosts, "replaced-dead", ids)


def test_more_memory_for_one_machine_shuts_it_down_gracefully_and_reinstalls_nothing(
    clone: Clone, hosts: LiveHosts
):
    ids = send_all(hosts, "more-memory")
    same, other = incarnation(hosts), virsh("domuuid", "rmq-labtest-server2")
    settings = clone.cluster()
    settings["hosts"]["servers"][0]["memory"] = "3584MiB"
    clone.change(hosts=settings["hosts"])
    printed = up(clone, "more memory")
    assert f"{SERVER1}: off after" in printed
    assert virsh("domuuid", "rmq-labtest-server2") == other
    assert incarnation(hosts) == same
    assert int(hosts.run("server1", "awk '/MemTotal/ {print $2}' /proc/meminfo")) > 3300 << 10
    assert_all_there(hosts, "more-memory", ids)


def test_make_up_starts_a_machine_that_is_off_and_waits_for_it(clone: Clone, hosts: LiveHosts):
    ids = send_all(hosts, "off")
    same = incarnation(hosts)
    virsh("destroy", SERVER1)
    done = clone.make("up", seconds=UP_SECONDS)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "waiting for SSH on server1" in done.stdout
    assert incarnation(hosts) == same
    assert_all_there(hosts, "off", ids)


def volume_of(domain: str, target: str) -> str:
    rows = (line.split() for line in virsh("domblklist", domain, "--details").splitlines())
    source = next(row for row in rows if row[2] == target)[3]
    if source.startswith("/"):
        return source
    return virsh("vol-path", source, "--pool", "rmq-labtest")


def changed_in(printed: str) -> str:
    marks = (" created", " updated", " replaced", " deleted")
    return "\n".join(line for line in printed.splitlines() if any(mark in line for mark in marks))
