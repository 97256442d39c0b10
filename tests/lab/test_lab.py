"""`pulumi up` makes a verified cluster on virtual machines, `pulumi destroy` leaves nothing."""

import re
import time
from pathlib import Path

import pytest

from tests.lab.conftest import NETWORK, STACK, say
from tests.lab.machines import leftovers_of, virsh
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts

pytestmark = pytest.mark.lab

SEND_OK = 0
MINUTES = 60
DOMAINS = ("rmq-labtest-server1", "rmq-labtest-server2")


def test_up_verifies_both_machines(clone: Clone):
    verified = re.findall(r"verified (server[12]) at 20\S+Z .*: 3 processes", clone.first_up)
    assert set(verified) == {"server1", "server2"}


def test_a_machine_can_be_logged_in_to_while_the_first_update_runs(clone: Clone):
    *before, (update_was_running, printed) = clone.early_logins
    assert "server1\n" in printed
    assert update_was_running
    missing = "HOST=server1: its machine does not exist yet; wait for the running update"
    assert any(missing in text for _, text in before)


def test_the_machines_and_their_network_start_with_the_computer(clone: Clone):
    assert clone.first_up
    for domain in DOMAINS:
        assert "Autostart:      enable" in virsh("dominfo", domain)
        assert "type='pty'" in virsh("dumpxml", domain)
    assert re.search(r"Autostart:\s+yes", virsh("net-info", f"rmq-{STACK}"))


def test_message_stores_are_on_the_data_disk(hosts: LiveHosts):
    for host in ("server1", "server2"):
        where = hosts.run(host, "findmnt -no SOURCE,FSTYPE /usr/local/rocketmq/store").split()
        assert where == ["/dev/vdb", "ext4"]


def test_make_verify_says_ok(clone: Clone):
    done = clone.make("verify", seconds=30 * MINUTES)
    assert done.returncode == 0, done.stdout
    assert "OK: stack labtest, namesrvAddr 192.168.65.151:9876;192.168.65.152:9876" in done.stdout


def test_messages_are_on_both_machines(hosts: LiveHosts):
    hosts.create_topic_by_protocol("exchange")
    for master in ("broker-a", "broker-b"):
        sent = hosts.send(master, "exchange", 20, timeout=30.0)
        assert [message.code for message in sent] == [SEND_OK] * 20
        kept = {message.unique_key for message in hosts.read(master, "exchange")}
        assert kept == {message.message_id for message in sent}
        assert hosts.count(f"{master}-s", "exchange") == 20


def test_a_second_up_changes_nothing(clone: Clone):
    done = clone.pulumi("up --yes --skip-preview --expect-no-changes", seconds=20 * MINUTES)
    assert done.returncode == 0, done.stdout[-6000:]


def test_another_clone_with_another_home_previews_the_same_state_without_changes(
    clone: Clone, tmp_path: Path
):
    (tmp_path / "home").mkdir()
    other = Clone(tmp_path / "other", STACK, NETWORK, home=tmp_path / "home", like="lab")
    state = clone.folder / ".state"
    other.environment |= {
        "PULUMI_BACKEND_URL": f"file://{state}/backend",
        "PULUMI_CONFIG_PASSPHRASE_FILE": f"{state}/passphrase",
    }
    assert other.make("setup", seconds=20 * MINUTES).returncode == 0
    assert other.make("preview", seconds=20 * MINUTES).returncode == 0
    done = other.pulumi(
        "preview --expect-no-changes",
        PULUMI_BACKEND_URL=f"file://{state}/backend",
        PULUMI_CONFIG_PASSPHRASE_FILE=f"{state}/passphrase",
    )
    assert done.returncode == 0, done.stdout[-6000:]


def test_another_clone_with_its_own_state_is_refused_with_the_owners_path(
    clone: Clone, tmp_path: Path
):
    other = Clone(tmp_path / "second", STACK, NETWORK, like="lab")
    done = other.make("up", seconds=20 * MINUTES)
    assert done.returncode != 0
    assert len([line for line in done.stdout.splitlines() if str(clone.folder) in line]) == 1
    down = other.make("down")
    assert down.returncode != 0
    assert str(clone.folder) in down.stdout
    assert [virsh("domstate", domain) for domain in DOMAINS] == ["running", "running"]


def test_no_private_key_is_in_clear_in_state_or_output(clone: Clone, hosts: LiveHosts):
    key_line = hosts.outputs["sshPrivateKey"].splitlines()[2]
    assert key_line not in clone.first_up
    for path in (clone.folder / ".state" / "backend").rglob("*"):
        if path.is_file():
            text = path.read_text(errors="replace")
            assert key_line not in text
            assert "BEGIN OPENSSH PRIVATE KEY" not in text


@pytest.mark.usefixtures("hosts")
def test_destroy_with_dead_machines_leaves_nothing(clone: Clone):
    """The last test of this file. One machine is off, the other one is undefined."""
    off, gone = DOMAINS
    virsh("destroy", off)
    virsh("destroy", gone)
    virsh("undefine", gone)
    started = time.monotonic()
    done = clone.pulumi("destroy --yes --skip-preview")
    say(f"pulumi destroy with two dead machines: {time.monotonic() - started:.1f} s")
    assert done.returncode == 0, done.stdout[-6000:]
    assert leftovers_of(STACK) == []
