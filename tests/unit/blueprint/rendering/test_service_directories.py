"""Preparation and a failed step, run for real: root follows no link of the service user."""

import os
import subprocess

import pytest

from blueprint.plan.paths import HOME
from blueprint.rendering.scripts import render_preparation, render_step
from tests.support.root import SERVICE, service_user, skip_without_root
from tests.support.stacks import changed, planned, raw_cluster

CLUSTER = planned(raw_cluster())
DASHBOARD = {
    "kind": "dashboard",
    "jar": {"source": "file", "path": "/a/dashboard.jar", "sha512": "ab" * 64},
}


class Preparation:
    """The function that makes the directories, with everything below a folder of its own."""

    def __init__(self, folder, cluster=CLUSTER):
        self.home = folder / "rocketmq"
        self.text = _functions(render_preparation(cluster, cluster.hosts[0]), self.home)
        self.logs = self.home / "home" / "broker-a" / "logs"
        self.store = self.home / "store" / "broker-a"

    def run(self, command="make_directories"):
        words = f"{self.text}\n{command}\n"
        return subprocess.run(
            ["bash", "-s"], input=words, text=True, capture_output=True, check=False
        )

    def succeed(self):
        done = self.run()
        assert (done.returncode, done.stderr) == (0, "")


def _functions(script, home):
    """Return a script without its end, which would run it; for the user that stands in."""
    assert script.count("service=rocketmq\n") == 1
    text, _, _ = script.partition("command -v flock")
    text = text.replace("service=rocketmq\n", f"service={SERVICE}\n")
    return text.replace(str(HOME), str(home))


def _access(path):
    found = path.lstat()
    return found.st_uid, found.st_gid, found.st_mode & 0o7777


@pytest.fixture
def prepared(open_folder):
    skip_without_root()
    preparation = Preparation(open_folder)
    preparation.succeed()
    return preparation


@pytest.fixture
def victim(open_folder):
    """A directory of root's, with a file, that nobody else may enter."""
    folder = open_folder / "victim"
    folder.mkdir(mode=0o700)
    (folder / "file").write_text("only root may read this\n")
    (folder / "file").chmod(0o600)
    return folder


def _is_untouched(victim):
    return (_access(victim), _access(victim / "file")) == ((0, 0, 0o700), (0, 0, 0o600))


def test_the_service_user_owns_what_it_writes_and_root_the_rest(prepared):
    for folder in (prepared.home, *(prepared.home / name for name in ("conf", "home", "store"))):
        assert _access(folder) == (0, 0, 0o755)
    logs, store = prepared.logs, prepared.store
    for folder in (logs.parent, logs, logs / "rocketmqlogs", store, store / "commitlog"):
        assert _access(folder) == (*service_user(), 0o750)


def test_a_second_run_changes_nothing(prepared):
    before = {path: path.lstat() for path in prepared.home.rglob("*")}
    assert len(before) > 10
    prepared.succeed()
    after = {path: path.lstat() for path in prepared.home.rglob("*")}
    assert {p: s.st_ino for p, s in after.items()} == {p: s.st_ino for p, s in before.items()}
    assert {p: s.st_mtime_ns for p, s in after.items()} == {
        p: s.st_mtime_ns for p, s in before.items()
    }


@pytest.mark.parametrize("planted", ["logs", "commitlog"])
def test_a_planted_link_is_refused_and_named(prepared, victim, planted):
    place = {"logs": prepared.logs, "commitlog": prepared.store / "commitlog"}[planted]
    place.rename(place.with_name("aside"))
    place.symlink_to(victim)
    os.chown(place, *service_user(), follow_symlinks=False)
    done = prepared.run()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"server1: {place} is a symbolic link; ")
    assert _is_untouched(victim)


def test_a_link_planted_while_its_parent_belonged_to_the_service_user_is_refused(
    open_folder, victim
):
    skip_without_root()
    preparation = Preparation(open_folder)
    (preparation.home / "home").mkdir(parents=True)
    os.chown(preparation.home / "home", *service_user())
    home = preparation.logs.parent
    home.symlink_to(victim)
    os.chown(home, *service_user(), follow_symlinks=False)
    for _ in range(2):
        done = preparation.run()
        assert done.returncode == 1
        assert done.stderr.startswith(f"server1: {home} is a symbolic link that root did not make")
        assert _is_untouched(victim)
        assert _access(preparation.home / "home") == (0, 0, 0o755)


def test_the_record_of_the_scheme_is_not_written_through_a_link(prepared, victim):
    record = prepared.home / "store" / ".scheme"
    record.symlink_to(victim / "file")
    os.chown(record, *service_user(), follow_symlinks=False)
    names = ("make_directories", "write_hosts", "ensure_java", "java_major", "rm")
    elsewhere = "".join(f"{name}() {{ :; }}\n" for name in names)
    done = prepared.run(f"{elsewhere}ensure")
    assert done.returncode == 1
    assert done.stderr.startswith(f"server1: {record} is a symbolic link that root did not make")
    assert (victim / "file").read_text() == "only root may read this\n"


def test_a_store_that_root_linked_to_another_disk_is_followed(prepared, open_folder):
    disk = open_folder / "disk"
    prepared.store.rename(disk)
    prepared.store.symlink_to(disk)
    for _ in range(2):
        prepared.succeed()
    assert _access(disk / "commitlog") == (*service_user(), 0o750)
    assert _access(prepared.store)[:2] == (0, 0)


def test_a_directory_of_another_owner_is_named_with_the_remedy(prepared):
    os.chown(prepared.logs, 0, 0)
    done = prepared.run()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(prepared.logs) in line
    assert f"make it a directory that user {SERVICE} owns" in line


def test_a_store_of_another_system_is_adopted_except_files_with_a_second_hard_link(
    prepared, victim
):
    commit_log, link = prepared.store / "commitlog", prepared.store / "link"
    for name in ("0", "1"):
        (commit_log / name).write_text("m")
    link.symlink_to(victim)
    os.link(victim / "file", prepared.store / "second-name")
    os.chown(prepared.store, 12345, 12345)
    os.chown(commit_log, 12345, 12345)
    prepared.succeed()
    for path in (prepared.store, commit_log, commit_log / "0", commit_log / "1"):
        assert _access(path)[:2] == service_user()
    assert _access(link)[:2] == (0, 0)
    assert _is_untouched(victim)


def test_the_service_user_cannot_replace_what_root_writes_below_a_dashboards_home(open_folder):
    skip_without_root()
    preparation = Preparation(open_folder, planned(changed(console=DASHBOARD)))
    preparation.succeed()
    home = preparation.home / "home" / "console"
    assert _access(home) == (0, service_user()[1], 0o1770)
    (home / "data").mkdir()
    words = f"{preparation.text}\nas_service sh -c 'cd {home} && mkdir own && mv data other'\n"
    done = subprocess.run(["bash", "-s"], input=words, text=True, capture_output=True, check=False)
    assert done.returncode == 1
    assert "mv: cannot move 'data'" in done.stderr
    assert (home / "own").is_dir()


@pytest.fixture
def explain(open_folder):
    skip_without_root()
    home = open_folder / "rocketmq"
    broker = CLUSTER.masters[0]
    logs = home / "home" / "broker-a" / "logs" / "rocketmqlogs"
    logs.mkdir(parents=True)
    os.chown(logs, *service_user())
    text = _functions(render_step(CLUSTER, broker, ["{}"], 9), home)
    # Without a log the journal is read, which a computer of tests may not have.
    stand_ins = open_folder / "bin"
    stand_ins.mkdir()
    (stand_ins / "journalctl").write_text("#!/bin/sh\necho the journal\n")
    (stand_ins / "journalctl").chmod(0o755)

    def run():
        words = f"{text}\nPATH={stand_ins}:$PATH\nexplain 'no answer'\n"
        done = subprocess.run(
            ["bash", "-s"], input=words, text=True, capture_output=True, check=False
        )
        assert done.returncode == 1
        return done.stderr

    return logs / "broker.log", run


def test_a_failed_step_shows_the_end_of_the_log(explain):
    log, run = explain
    log.write_text("an old line\n" * 20 + "the cause\n")
    *page, remedy = run().splitlines()
    assert page[:2] == ["cause: no answer", f"last lines of {log}:"]
    assert page[-1] == "    the cause"
    assert len(page) == 2 + 15
    assert remedy.startswith("server1: rocketmq-broker-a.service is not ready; ")
    assert remedy.endswith("; fix the cause above and run again")


def test_a_failed_step_prints_no_file_that_only_root_may_read(explain, victim):
    log, run = explain
    log.symlink_to(victim / "file")
    printed = run()
    assert "only root" not in printed
    assert "the journal" in printed
