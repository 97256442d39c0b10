"""Sync replication on real machines, and what recovers by itself."""

import re
import time
from pathlib import Path

import pytest

from blueprint.plan.hosts import HostSpec
from blueprint.rendering.scripts import render_first_contact
from tests.lab.conftest import UP_SECONDS, say
from tests.lab.machines import virsh
from tests.lab.messages import (
    FLUSH_SLAVE_TIMEOUT,
    SEND_OK,
    SEND_SECONDS,
    assert_all_there,
    send_all,
)
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts

pytestmark = [pytest.mark.lab, pytest.mark.full]

SERVER1 = "rmq-labtest-server1"


def test_a_send_is_not_ok_while_the_slave_is_stopped_and_ok_afterwards(
    hosts: LiveHosts,
):
    hosts.create_topic_by_protocol("slave-stopped")
    before = hosts.send("broker-a", "slave-stopped", 3, timeout=SEND_SECONDS)
    assert [message.code for message in before] == [SEND_OK] * 3
    hosts.run("server2", "systemctl stop rocketmq-broker-a-s.service", seconds=1200)
    try:
        alone = hosts.send("broker-a", "slave-stopped", 3, timeout=SEND_SECONDS)
        assert [message.code for message in alone] == [FLUSH_SLAVE_TIMEOUT] * 3
    finally:
        hosts.run("server2", "systemctl start rocketmq-broker-a-s.service", seconds=1200)
    hosts.wait_in_sync("broker-a", seconds=1800)
    after = hosts.send("broker-a", "slave-stopped", 3, timeout=SEND_SECONDS)
    assert [message.code for message in after] == [SEND_OK] * 3
    assert len({m.unique_key for m in hosts.read("broker-a", "slave-stopped")}) == 9
    assert hosts.count("broker-a-s", "slave-stopped") == 9


def test_a_machine_that_was_off_restarts_its_three_processes(clone: Clone, hosts: LiveHosts):
    ids = send_all(hosts, "off-and-on")
    virsh("destroy", SERVER1)
    virsh("start", SERVER1)
    started = time.monotonic()
    hosts.wait_for_login("server1", seconds=900)
    done = clone.make("verify", seconds=UP_SECONDS)
    say(f"power off and on: verified after {time.monotonic() - started:.0f} s")
    assert done.returncode == 0, done.stdout[-6000:]
    assert len(hosts.run("server1", "ps -o pid= -C java").split()) == 3
    assert_all_there(hosts, "off-and-on", ids)


def test_a_domain_left_by_a_failed_run_is_reported_and_removed(clone: Clone, tmp_path: Path):
    left = "rmq-labtest-left"
    define_like(SERVER1, left, tmp_path)
    try:
        preview = clone.make("preview", seconds=UP_SECONDS)
        assert f"virsh -c qemu:///system undefine --nvram {left}" in preview.stdout
        assert clone.make("up", seconds=UP_SECONDS).returncode == 0
        assert left not in virsh("list", "--all", "--name").split()
    finally:
        virsh("undefine", left, check=False)


def test_a_data_disk_is_formatted_only_if_it_is_empty(hosts: LiveHosts):
    """Run the real script against loop devices on the machine."""
    host = HostSpec(name="server1", address="192.168.65.151", memory_mib=3072)
    script = render_first_contact(host, "any").replace(
        "/var/lib/rocketmq-pulumi-incarnation", "/run/incarnation"
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
            assert "is not formatted; check " in done.stdout
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


def define_like(domain: str, name: str, folder: Path) -> None:
    """Define a domain like one that a run could not start."""
    text = virsh("dumpxml", domain, "--inactive")
    text = re.sub(r"<name>.*?</name>", f"<name>{name}</name>", text)
    text = re.sub(r"<uuid>.*?</uuid>", "", text)
    text = re.sub(r"<mac address='[^']*'/>", "", text)
    file = folder / f"{name}.xml"
    file.write_text(text)
    virsh("define", str(file))
