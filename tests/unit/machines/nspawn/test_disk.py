import pytest

from machines.nspawn.boot import console_tail, nspawn_command
from machines.nspawn.cgroups import remove_cgroups
from machines.nspawn.disk import hosts_text, mount_disk, remove_files
from system.errors import LocalError

HOSTS = {"server2": "10.0.0.2", "server1": "10.0.0.1"}


def test_hosts_file_lists_every_host_and_localhost():
    lines = hosts_text("", HOSTS).splitlines()
    assert "10.0.0.1 server1" in lines
    assert "10.0.0.2 server2" in lines
    assert "127.0.0.1 localhost" in lines


def test_hosts_file_is_stable_and_keeps_other_lines():
    first = hosts_text("127.0.0.1 localhost\n192.0.2.9 other\n", HOSTS)
    assert hosts_text(first, HOSTS) == first
    fewer = hosts_text(first, {"server1": "10.0.0.1"})
    assert "192.0.2.9 other" in fewer
    assert "server2" not in fewer


def test_console_tail_is_one_line_of_the_last_output(paths):
    host = paths.host("server1")
    assert "missing" in console_tail(host)
    host.folder.mkdir(parents=True)
    host.console_log.write_text("".join(f"line {number}\n\n" for number in range(9)))
    assert console_tail(host) == "line 4 | line 5 | line 6 | line 7 | line 8"


def test_machine_is_recognized_by_its_command_line(paths):
    host = paths.host("server1")
    command = nspawn_command(host)
    assert command[0] == "systemd-nspawn"
    assert f"--directory={host.root}" in command


def test_removing_files_twice_is_safe(paths):
    host = paths.host("server1")
    host.disk.mkdir(parents=True)
    remove_files(host)
    remove_files(host)
    assert not host.folder.exists()


def test_a_missing_image_is_refused_with_the_commands_for_this_stack(paths):
    with pytest.raises(LocalError, match="run `make down STACK=dev`, then `make up STACK=dev`"):
        mount_disk(paths.host("server1"), paths.folder / "image")


def test_a_cgroup_in_use_is_refused_with_the_command_for_this_stack(paths, tmp_path, monkeypatch):
    host = paths.host("server1")
    monkeypatch.setattr("machines.nspawn.cgroups._managed_trees", lambda: [tmp_path])
    monkeypatch.setattr("machines.nspawn.cgroups.REMOVE_SECONDS", 0)
    (tmp_path / host.device).mkdir()
    (tmp_path / host.device / "in use").touch()
    with pytest.raises(LocalError, match=r"not removed: .*; run `make down STACK=dev` again"):
        remove_cgroups(host)
