"""put-file and before-start, run for real in a temporary folder."""

import getpass
import grp
import hashlib
import json
import os
import subprocess

import pytest

from blueprint.plan.paths import RECORDS
from blueprint.rendering.templates import TEMPLATES
from tests.support.root import SERVICE, service_user, skip_without_root

OWNER = f"{getpass.getuser()}:{grp.getgrgid(os.getgid()).gr_name}"


class PutFile:
    """The script, with its records below `folder`."""

    def __init__(self, folder):
        text = (TEMPLATES / "put-file.sh").read_text("utf-8")
        assert text.count(str(RECORDS)) == 1
        self.script = folder / "put-file"
        self.script.write_text(text.replace(str(RECORDS), str(folder / "records")), "utf-8")
        self.path = folder / "conf" / "deep" / "broker-a.properties"

    def __call__(self, text, mode="0640", former=()):
        done = self.run(text, mode, OWNER, str(len(text.encode())), *former)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def run(self, text, *words):
        """Send the text to `put-file PATH` with these further arguments."""
        words = ["sh", self.script, self.path, *words]
        return subprocess.run(words, input=text, text=True, capture_output=True, check=False)


@pytest.fixture
def put_file(tmp_path):
    return PutFile(tmp_path)


def test_a_file_gets_its_text_and_mode(put_file):
    printed = put_file("brokerId=0\n")
    assert put_file.path.read_text("utf-8") == "brokerId=0\n"
    assert put_file.path.stat().st_mode & 0o777 == 0o640
    sha = hashlib.sha256(b"brokerId=0\n").hexdigest()[:16]
    assert printed == {"sha": sha, "writes": 1}


def test_an_equal_file_is_not_touched_and_the_output_is_the_same(put_file):
    first = put_file("a=1\n")
    before = put_file.path.stat()
    assert put_file("a=1\n") == first
    after = put_file.path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_file_replaces_the_one_at_its_former_path(put_file):
    former = put_file.path.parent.parent / "it's former" / "broker-a.properties"
    former.parent.mkdir(parents=True)
    former.write_text("a=1\n")
    for _ in range(2):
        put_file("a=1\n", former=[former])
        assert put_file.path.exists()
        assert not former.exists()


def test_the_count_goes_up_when_the_text_changes_and_when_it_changes_back(put_file):
    printed = [put_file(text) for text in ("a=1\n", "a=2\n", "a=1\n")]
    assert [p["writes"] for p in printed] == [1, 2, 3]
    assert printed[0]["sha"] == printed[2]["sha"] != printed[1]["sha"]


def test_another_mode_is_a_write(put_file):
    put_file("a=1\n")
    assert put_file("a=1\n", mode="0644")["writes"] == 2
    assert put_file.path.stat().st_mode & 0o777 == 0o644


def test_a_file_that_was_changed_by_hand_is_restored(put_file):
    put_file("a=1\n")
    put_file.path.write_text("a=by hand\n", "utf-8")
    assert put_file("a=1\n")["writes"] == 2
    assert put_file.path.read_text("utf-8") == "a=1\n"


def test_a_file_that_was_removed_is_written_again(put_file):
    put_file("a=1\n")
    put_file.path.unlink()
    assert put_file("a=1\n")["writes"] == 2
    assert put_file.path.exists()


def test_nothing_is_left_beside_the_file(put_file):
    put_file("a=1\n")
    put_file("a=2\n")
    assert [path.name for path in put_file.path.parent.iterdir()] == [put_file.path.name]


def test_the_service_user_can_enter_the_folder_of_its_file(put_file):
    put_file("a=1\n")
    assert put_file.path.parent.stat().st_mode & 0o777 == 0o755


WHOLE = "listenPort=10911\ninSyncReplicas=2\nbrokerClusterName=größe\n"
LENGTH = str(len(WHOLE.encode()))


@pytest.mark.parametrize(
    "received", ["", "listenPo", "listenPort=10911\n", WHOLE[:-1], WHOLE + "a=1\n"]
)
def test_a_text_of_another_length_than_was_sent_replaces_nothing(put_file, received):
    first = put_file("a=1\n")
    before = put_file.path.stat()
    done = put_file.run(received, "0640", OWNER, LENGTH)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"{put_file.path}: received {len(received.encode())} of {LENGTH} bytes" in line
    assert put_file.path.read_text("utf-8") == "a=1\n"
    assert put_file.path.stat().st_mtime_ns == before.st_mtime_ns
    assert [path.name for path in put_file.path.parent.iterdir()] == [put_file.path.name]
    assert put_file("a=1\n") == first


def test_the_length_is_in_bytes_not_in_characters(put_file):
    assert put_file.run(WHOLE, "0640", OWNER, LENGTH).returncode == 0
    assert put_file.path.read_text("utf-8") == WHOLE
    assert put_file.run(WHOLE, "0640", OWNER, str(len(WHOLE))).returncode == 1


@pytest.mark.parametrize("words", [(), ("",), ("/a/former/path",), ("-1",)])
def test_a_call_without_a_length_writes_nothing(put_file, words):
    done = put_file.run("a=1\n", "0640", OWNER, *words)
    assert done.returncode == 1
    assert "put-file needs the length in bytes" in done.stderr
    assert not put_file.path.exists()


def test_a_file_of_the_former_release_is_left_as_it_is_when_its_length_is_first_sent(put_file):
    put_file("a=1\n")
    # As the former release left it: the same counter, and a text that came without a length.
    (counter,) = (put_file.script.parent / "records" / "writes").iterdir()
    counter.write_text("7\n", "utf-8")
    put_file.path.write_text("a=2\n", "utf-8")
    before = put_file.path.stat()
    assert put_file("a=2\n")["writes"] == 7
    after = put_file.path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_no_file_is_written_below_a_directory_of_another_user(put_file):
    skip_without_root()
    theirs = put_file.path.parent.parent
    theirs.mkdir(parents=True)
    os.chown(theirs, *service_user())
    done = put_file.run("a=1\n", "0640", OWNER, "4")
    assert done.returncode == 1
    assert f"{theirs} belongs to user {service_user()[0]}, not to root" in done.stderr
    assert list(theirs.iterdir()) == []


def test_a_link_that_another_user_planted_for_a_directory_is_not_followed(put_file, tmp_path):
    skip_without_root()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    put_file.path.parent.parent.mkdir()
    put_file.path.parent.symlink_to(elsewhere)
    os.chown(put_file.path.parent, *service_user(), follow_symlinks=False)
    assert put_file.run("a=1\n", "0640", OWNER, "4").returncode == 1
    assert list(elsewhere.iterdir()) == []


class BeforeStart:
    """The script, its files in `folder`, and the folder under /run that the service owns."""

    def __init__(self, folder):
        self.folder, self.run = folder, folder / "run"
        self.run.mkdir()
        self.copy = self.run / "copy"
        text = (TEMPLATES / "before-start.sh").read_text("utf-8")
        assert text.count("service=rocketmq\n") == 1
        user = SERVICE if os.geteuid() == 0 else getpass.getuser()
        self.script = folder / "before-start"
        self.script.write_text(text.replace("=rocketmq\n", f"={user}\n"), "utf-8")
        (folder / "properties").write_text("brokerId=0\n", "utf-8")
        (folder / "unit").write_text("[Service]\n", "utf-8")
        self.path = os.environ["PATH"]
        if os.geteuid() == 0:
            os.chown(self.run, *service_user())
        else:
            self._stand_in_for_setpriv()

    def _stand_in_for_setpriv(self):
        """Who is not root cannot become another user."""
        stand_in = self.folder / "bin" / "setpriv"
        stand_in.parent.mkdir()
        stand_in.write_text('#!/bin/sh\nwhile [ "$1" != sh ]; do shift; done\nexec "$@"\n')
        stand_in.chmod(0o755)
        self.path = f"{stand_in.parent}:{self.path}"

    def __call__(self, *extra):
        files = (self.folder / "properties", self.copy, self.folder / "record")
        words = ["sh", self.script, *files, self.folder / "unit", *extra]
        subprocess.run(words, check=True, env={"PATH": self.path})
        return self.folder


@pytest.fixture
def before_start(open_folder):
    return BeforeStart(open_folder)


def test_a_process_gets_its_own_copy_that_others_cannot_read(before_start):
    before_start()
    assert before_start.copy.read_text("utf-8") == "brokerId=0\n\n"
    assert before_start.copy.stat().st_mode & 0o007 == 0


def test_a_master_gets_the_line_that_drains_it_in_its_copy_only(before_start):
    folder = before_start("brokerPermission=4", "another=1")
    assert before_start.copy.read_text("utf-8") == "brokerId=0\n\nbrokerPermission=4\nanother=1\n"
    assert (folder / "properties").read_text("utf-8") == "brokerId=0\n"


def test_the_copy_belongs_to_the_service_user_and_nothing_else_is_left(before_start):
    folder = before_start()
    assert [path.name for path in before_start.run.iterdir()] == ["copy"]
    assert {path.name for path in folder.iterdir()} - {"bin"} == {
        "before-start",
        "properties",
        "record",
        "run",
        "unit",
    }
    if os.geteuid() == 0:
        found = before_start.copy.stat()
        assert (found.st_uid, found.st_gid) == service_user()


@pytest.mark.parametrize("name", ["copy", "copy.new"])
def test_a_link_that_the_service_user_planted_for_its_copy_is_not_followed(before_start, name):
    skip_without_root()
    victim = before_start.folder / "victim"
    victim.write_text("root's\n")
    victim.chmod(0o600)
    (before_start.run / name).symlink_to(victim)
    before_start()
    assert victim.read_text() == "root's\n"
    found = victim.stat()
    assert (found.st_uid, found.st_mode & 0o777) == (0, 0o600)
    assert not before_start.copy.is_symlink()
    assert before_start.copy.read_text("utf-8") == "brokerId=0\n\n"


def test_the_record_is_the_digest_that_the_step_compares(before_start):
    folder = before_start("brokerPermission=4")
    digest = hashlib.sha256(b"brokerId=0\n[Service]\n").hexdigest()
    assert (folder / "record").read_text("utf-8") == f"{digest}\n"
    step = (TEMPLATES / "scripts" / "step.sh.j2").read_text("utf-8")
    assert "| sha256sum | cut -c 1-64" in step


def test_each_start_discards_what_a_process_wrote_into_its_copy(before_start):
    before_start()
    before_start.copy.write_text("brokerId=9\n", "utf-8")
    before_start()
    assert before_start.copy.read_text("utf-8") == "brokerId=0\n\n"
