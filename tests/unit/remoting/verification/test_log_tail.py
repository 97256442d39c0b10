"""The end of a log, and what its owner may have put in its place."""

import os

import pytest

from remoting.verification.log_tail import log_tail
from tests.support.root import service_user, skip_without_root


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text("only root may read this\n")
    return file


@pytest.fixture
def home(tmp_path):
    """A directory that belongs to the service user, as the home of a process does."""
    folder = tmp_path / "home"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, *service_user())
    return folder


def test_a_missing_log_says_why(tmp_path):
    assert log_tail(tmp_path / "no.log") == [f"  {tmp_path}/no.log: No such file or directory"]


def test_only_the_end_of_a_huge_log_is_read(tmp_path):
    log = tmp_path / "huge.log"
    log.write_bytes(b"\xff" * 3_000_000 + b"\nlast\n")
    assert log_tail(log)[-1] == "    last"
    log.write_bytes(b"")
    assert log_tail(log) == [f"  last 0 lines of {log}:"]


def test_a_log_below_a_directory_of_the_service_user_is_read(home):
    (home / "logs").mkdir()
    (home / "logs" / "broker.log").write_text("an error\n")
    assert log_tail(home / "logs" / "broker.log")[-1] == "    an error"


def test_a_link_in_the_place_of_a_log_is_not_followed(home, secret):
    log = home / "broker.log"
    log.symlink_to(secret)
    assert log_tail(log) == [f"  {log}: broker.log is a symbolic link, not followed"]


def test_a_link_in_a_directory_of_root_that_the_service_user_may_write_is_not_followed(
    tmp_path, secret
):
    skip_without_root()
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chown(shared, 0, service_user()[1])
    shared.chmod(0o1770)
    log = shared / "console.log"
    log.symlink_to(secret)
    assert log_tail(log) == [f"  {log}: console.log is a symbolic link, not followed"]


def test_a_link_on_the_way_to_a_log_is_not_followed(home, secret):
    (home / "logs").symlink_to(secret.parent)
    log = home / "logs" / "secret"
    assert log_tail(log) == [f"  {log}: logs is a symbolic link, not followed"]


def test_a_pipe_in_the_place_of_a_log_is_not_waited_for(home):
    log = home / "broker.log"
    os.mkfifo(log)
    assert log_tail(log) == [f"  {log}: not a regular file"]


def test_a_link_that_root_made_in_its_own_directory_is_followed(tmp_path, home):
    skip_without_root()
    (home / "broker.log").write_text("an error\n")
    (tmp_path / "link").symlink_to(home)
    assert log_tail(tmp_path / "link" / "broker.log")[-1] == "    an error"
