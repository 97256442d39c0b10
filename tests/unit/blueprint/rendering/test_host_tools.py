"""put-file and before-start, run for real in a folder of their own."""

import getpass
import grp
import hashlib
import json
import os
import subprocess

import pytest

from blueprint.plan.paths import RECORDS
from blueprint.rendering.templates import TEMPLATES

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


def test_a_file_is_its_text_with_its_mode(put_file):
    printed = put_file("brokerId=0\n")
    assert put_file.path.read_text("utf-8") == "brokerId=0\n"
    assert put_file.path.stat().st_mode & 0o777 == 0o640
    sha = hashlib.sha256(b"brokerId=0\n").hexdigest()[:16]
    assert printed == {"sha": sha, "writes": 1}


def test_an_equal_file_is_not_touched_and_prints_the_same(put_file):
    first = put_file("a=1\n")
    before = put_file.path.stat()
    assert put_file("a=1\n") == first
    after = put_file.path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_file_takes_the_place_of_the_one_at_its_former_path(put_file):
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


def test_a_file_that_someone_changed_by_hand_is_put_right(put_file):
    put_file("a=1\n")
    put_file.path.write_text("a=by hand\n", "utf-8")
    assert put_file("a=1\n")["writes"] == 2
    assert put_file.path.read_text("utf-8") == "a=1\n"


def test_a_file_that_someone_removed_is_written_again(put_file):
    put_file("a=1\n")
    put_file.path.unlink()
    assert put_file("a=1\n")["writes"] == 2
    assert put_file.path.exists()


def test_the_count_outlives_the_removal_of_the_file_and_nothing_else_is_left_beside_it(put_file):
    put_file("a=1\n")
    put_file("a=2\n")
    assert [path.name for path in put_file.path.parent.iterdir()] == [put_file.path.name]


def test_the_service_user_can_pass_through_the_folder_of_its_file(put_file):
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


@pytest.fixture
def before_start(tmp_path):
    text = (TEMPLATES / "before-start.sh").read_text("utf-8")
    assert text.count("chown rocketmq:rocketmq ") == 1
    script = tmp_path / "before-start"
    script.write_text(text.replace("rocketmq:rocketmq", OWNER), "utf-8")
    (tmp_path / "properties").write_text("brokerId=0\n", "utf-8")
    (tmp_path / "unit").write_text("[Service]\n", "utf-8")

    def run(*extra):
        names = ("properties", "copy", "record", "unit")
        words = ["sh", script, *(tmp_path / name for name in names), *extra]
        subprocess.run(words, check=True)
        return tmp_path

    return run


def test_a_process_gets_its_own_copy_that_others_cannot_read(before_start):
    folder = before_start()
    assert (folder / "copy").read_text("utf-8") == "brokerId=0\n\n"
    assert (folder / "copy").stat().st_mode & 0o007 == 0


def test_a_master_gets_the_line_that_drains_it_in_its_copy_only(before_start):
    folder = before_start("brokerPermission=4", "another=1")
    assert (folder / "copy").read_text("utf-8") == "brokerId=0\n\nbrokerPermission=4\nanother=1\n"
    assert (folder / "properties").read_text("utf-8") == "brokerId=0\n"


def test_the_record_is_the_digest_that_the_step_compares(before_start):
    folder = before_start("brokerPermission=4")
    digest = hashlib.sha256(b"brokerId=0\n[Service]\n").hexdigest()
    assert (folder / "record").read_text("utf-8") == f"{digest}\n"
    step = (TEMPLATES / "scripts" / "step.sh.j2").read_text("utf-8")
    assert "| sha256sum | cut -c 1-64" in step


def test_what_a_process_wrote_into_its_copy_is_gone_at_the_next_start(before_start):
    folder = before_start()
    (folder / "copy").write_text("brokerId=9\n", "utf-8")
    before_start()
    assert (folder / "copy").read_text("utf-8") == "brokerId=0\n\n"
