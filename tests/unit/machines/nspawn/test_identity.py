import subprocess
import sys
import time
from dataclasses import replace

import pytest

from machines.nspawn.identity import MachineIdentity, planned_identity
from machines.nspawn.processes import supervisor_of
from machines.nspawn.record import MachineRecord, write_machine
from system.errors import LocalError

RECORD = MachineRecord(
    incarnation="0123456789ab",
    boots=3,
    booting=3,
    address="10.0.0.2",
    prefix_length=24,
    bridge="br",
    image="image",
)


@pytest.fixture(name="host")
def _host(paths):
    host = paths.host("server1")
    host.folder.mkdir(parents=True)
    return host


@pytest.fixture(name="supervisor")
def _supervisor(host, tmp_path):
    """A process whose command line is that of the host's systemd-nspawn."""
    program = tmp_path / "systemd-nspawn"
    program.symlink_to(sys.executable)
    sleep = "import time; time.sleep(60)"
    process = subprocess.Popen([program, "-c", sleep, f"--directory={host.root}"])
    deadline = time.monotonic() + 10
    while supervisor_of(host.root) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    yield process
    process.kill()
    process.wait()


def test_preview_and_up_of_a_missing_machine_agree(paths):
    first = planned_identity("dev", "server1")
    assert first == planned_identity("dev", "server1")
    assert first.boots == 1
    assert len(first.incarnation) == 12
    assert not paths.folder.exists()


@pytest.mark.usefixtures("paths")
def test_missing_machines_get_different_incarnations_by_name():
    lives = {
        planned_identity(stack, host).incarnation
        for stack in ("dev", "prod")
        for host in ("server1", "server2")
    }
    assert len(lives) == 4


def test_machine_whose_folder_was_removed_gets_another_incarnation(host):
    before = planned_identity("dev", "server1").incarnation
    write_machine(host.record_file, replace(RECORD, incarnation=before))
    host.record_file.unlink()
    host.folder.rmdir()
    assert planned_identity("dev", "server1").incarnation != before


def test_stopped_machine_keeps_its_incarnation_and_starts_once_more(host):
    write_machine(host.record_file, RECORD)
    assert planned_identity("dev", "server1") == MachineIdentity(
        incarnation="0123456789ab", boots=4
    )


@pytest.mark.usefixtures("supervisor")
def test_running_machine_keeps_its_identity(host):
    write_machine(host.record_file, RECORD)
    assert planned_identity("dev", "server1") == MachineIdentity(
        incarnation="0123456789ab", boots=3
    )


@pytest.mark.usefixtures("supervisor")
def test_unfinished_start_of_a_killed_run_counts(host):
    write_machine(host.record_file, replace(RECORD, booting=4))
    assert planned_identity("dev", "server1").boots == 4


def test_supervisor_that_ended_is_not_found(host, supervisor):
    assert supervisor_of(host.root) == supervisor.pid
    supervisor.kill()
    supervisor.wait()
    assert supervisor_of(host.root) is None


def test_unreadable_record_is_refused_with_its_path(host):
    host.record_file.write_text("{")
    with pytest.raises(LocalError, match=r"machine\.json: not JSON"):
        planned_identity("dev", "server1")
    host.record_file.write_text('{"incarnation": "x"}')
    with pytest.raises(LocalError, match="not a machine's record"):
        planned_identity("dev", "server1")
