"""Machines are lost, rebuilt and enlarged, each mended by one `up`; every message is counted."""

import re
import time
from pathlib import Path

import pytest

from blueprint.scripts import render_first_contact
from blueprint.topology import HostSpec
from tests.lab.conftest import UP_SECONDS, say
from tests.lab.machines import virsh
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts

pytestmark = [pytest.mark.lab, pytest.mark.full]

SEND_OK = 0
FLUSH_SLAVE_TIMEOUT = 12
SERVER1 = "rmq-labtest-server1"
PATIENCE = 30.0
MASTERS = ("broker-a", "broker-b")


def send_all(hosts: LiveHosts, topic: str) -> dict[str, set[str]]:
    """Send ten messages to each master, all replicated; return their ids."""
    hosts.create_topic_by_protocol(topic)
    ids = {}
    for master in MASTERS:
        sent = hosts.send(master, topic, 10, timeout=PATIENCE)
        assert [message.code for message in sent] == [SEND_OK] * 10
        ids[master] = {message.message_id for message in sent}
    return ids


def assert_all_there(hosts: LiveHosts, topic: str, ids: dict[str, set[str]]) -> None:
    for master in MASTERS:
        assert {message.unique_key for message in hosts.read(master, topic)} == ids[master]


def up(clone: Clone, what: str) -> str:
    """Run one `pulumi up` as typed, and the live check."""
    started = time.monotonic()
    done = clone.pulumi("up --yes --skip-preview", seconds=UP_SECONDS)
    say(f"{what}: pulumi up in {time.monotonic() - started:.0f} s")
    assert done.returncode == 0, done.stdout[-6000:]
    check = clone.make("verify", seconds=UP_SECONDS)
    assert check.returncode == 0, check.stdout[-6000:]
    return done.stdout


def incarnation(hosts: LiveHosts) -> str:
    return hosts.run("server1", "cat /var/lib/rocketmq-pulumi-host/incarnation")


def test_a_send_without_its_slave_is_never_ok_and_is_again_when_the_slave_is_back(
    hosts: LiveHosts,
):
    hosts.create_topic_by_protocol("slave-stopped")
    before = hosts.send("broker-a", "slave-stopped", 3, timeout=PATIENCE)
    assert [message.code for message in before] == [SEND_OK] * 3
    hosts.run("server2", "systemctl stop rocketmq-broker-a-s.service", seconds=1200)
    try:
        alone = hosts.send("broker-a", "slave-stopped", 3, timeout=PATIENCE)
        assert [message.code for message in alone] == [FLUSH_SLAVE_TIMEOUT] * 3
    finally:
        hosts.run("server2", "systemctl start rocketmq-broker-a-s.service", seconds=1200)
    hosts.wait_in_sync("broker-a", seconds=1800)
    after = hosts.send("broker-a", "slave-stopped", 3, timeout=PATIENCE)
    assert [message.code for message in after] == [SEND_OK] * 3
    assert len({m.unique_key for m in hosts.read("broker-a", "slave-stopped")}) == 9
    assert hosts.count("broker-a-s", "slave-stopped") == 9


def test_a_machine_that_was_off_brings_its_three_processes_back_by_itself(
    clone: Clone, hosts: LiveHosts
):
    ids = send_all(hosts, "off-and-on")
    virsh("destroy", SERVER1)
    virsh("start", SERVER1)
    started = time.monotonic()
    done = clone.make("verify", seconds=UP_SECONDS)
    say(f"power off and on: verified after {time.monotonic() - started:.0f} s")
    assert done.returncode == 0, done.stdout[-6000:]
    assert len(hosts.run("server1", "ps -o pid= -C java").split()) == 3
    assert_all_there(hosts, "off-and-on", ids)


def test_one_up_starts_a_machine_that_is_off(clone: Clone, hosts: LiveHosts):
    same = incarnation(hosts)
    virsh("destroy", SERVER1)
    up(clone, "a machine that was off")
    assert incarnation(hosts) == same


def test_raising_the_memory_of_one_machine_stops_it_in_order_and_installs_nothing_again(
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


def test_a_machine_destroyed_behind_pulumis_back_is_rebuilt_around_its_data_disk(
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


def test_a_dead_machine_is_replaced_by_one_up(clone: Clone, hosts: LiveHosts):
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


def test_a_domain_that_a_failed_run_left_is_explained_and_cleared(clone: Clone, tmp_path: Path):
    left = "rmq-labtest-left"
    define_like(SERVER1, left, tmp_path)
    try:
        preview = clone.make("preview", seconds=UP_SECONDS)
        assert f"virsh -c qemu:///system undefine --nvram {left}" in preview.stdout
        assert clone.make("up", seconds=UP_SECONDS).returncode == 0
        assert left not in virsh("list", "--all", "--name").split()
    finally:
        virsh("undefine", left, check=False)


def test_a_data_disk_is_formatted_only_when_there_is_nothing_at_all_on_it(hosts: LiveHosts):
    """The very script, on disks in files of the machine."""
    host = HostSpec(name="server1", address="192.168.65.151", memory_mib=3072)
    script = render_first_contact(host, "any").replace(
        "/var/lib/rocketmq-pulumi-host", "/run/records"
    )
    for number, content in enumerate(("nothing", "ext4", "table", "swap")):
        made = hosts.run("server1", make_disk(number, content))
        device = made.split()[-1]
        trial = script.replace("/dev/vdb", device).replace(
            "/usr/local/rocketmq/store", f"/mnt/disk{number}"
        )
        done = hosts.run_script("server1", trial, "ensure")
        read = hosts.run("server1", f"cat /mnt/disk{number}/kept 2>/dev/null; true")
        hosts.run(
            "server1",
            f"umount /mnt/disk{number} 2>/dev/null; losetup -d {device}; "
            f"sed -i '\\| /mnt/disk{number} |d' /etc/fstab; rm -f /var/tmp/disk{number}; true",
        )
        if content in {"table", "swap"}:
            assert done.returncode != 0, content
            assert "it is not formatted" in done.stderr
        else:
            assert done.returncode == 0, done.stderr
            assert read == ("precious\n" if content == "ext4" else "")


def make_disk(number: int, content: str) -> str:
    """Return a command that makes a disk in a file and prints its device."""
    file = f"/var/tmp/disk{number}"
    lines = [f"truncate -s 64M {file}", f"device=$(losetup -f --show {file})"]
    match content:
        case "ext4":
            lines += [
                "mkfs.ext4 -q $device",
                "mkdir -p /mnt/first && mount $device /mnt/first",
                "echo precious >/mnt/first/kept && umount /mnt/first",
            ]
        case "table":
            lines += ["echo 'start=2048' | sfdisk -q $device"]
        case "swap":
            lines += ["mkswap -q $device"]
    return "set -e; " + "; ".join([*lines, "echo $device"])


def volume_of(domain: str, target: str) -> str:
    rows = (line.split() for line in virsh("domblklist", domain, "--details").splitlines())
    source = next(row for row in rows if row[2] == target)[3]
    if source.startswith("/"):
        return source
    return virsh("vol-path", source, "--pool", "rmq-labtest")


def define_like(domain: str, name: str, folder: Path) -> None:
    """Define a domain as a run leaves it that could not start it."""
    text = virsh("dumpxml", domain, "--inactive")
    text = re.sub(r"<name>.*?</name>", f"<name>{name}</name>", text)
    text = re.sub(r"<uuid>.*?</uuid>", "", text)
    text = re.sub(r"<mac address='[^']*'/>", "", text)
    file = folder / f"{name}.xml"
    file.write_text(text)
    virsh("define", str(file))


def changed_in(printed: str) -> str:
    marks = (" created", " updated", " replaced", " deleted")
    return "\n".join(line for line in printed.splitlines() if any(mark in line for mark in marks))
