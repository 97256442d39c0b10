"""A secret that is about to be committed is found."""

import pytest

from project import ROOT
from toolchain.secrets import ALLOWED, find_secrets, tracked_files

BEGIN = "-----BEGIN OPENSSH "
NAME = "notes.txt"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"{BEGIN}PRIVATE KEY-----", "Private Key"),
        ("https://user:" + "hunter2@example.com", "Basic Auth Credentials"),
        ("key = AKIA" + "IOSFODNN7EXAMPLF", "AWS Access Key"),
    ],
    ids=["private-key", "password-in-a-url", "aws"],
)
def test_a_secret_is_reported_with_its_line_and_kind(tmp_path, text, kind):
    (tmp_path / NAME).write_text(f"first line\n{text}\n")
    assert list(find_secrets(tmp_path, [NAME])) == [f"{NAME}:2: {kind}"]


def test_a_digest_is_no_secret(tmp_path):
    (tmp_path / NAME).write_text("sha512 = " + "0123456789abcdef" * 8 + "\n")
    assert list(find_secrets(tmp_path, [NAME])) == []


def test_a_binary_file_is_refused_unless_it_is_allowed(tmp_path):
    state = "tests/engine/states/first.json.xz"
    for name in (NAME, state):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\x1f\x8b\0")
    (line,) = find_secrets(tmp_path, [NAME, state])
    assert line == f"{NAME}: binary, so it cannot be searched for secrets"


def test_every_allowed_file_has_a_reason():
    assert all(len(reason) > 10 for reason in ALLOWED.values())


def test_what_git_tracks_is_searched():
    assert {"README.md", ".ci/run", "toolchain/secrets.py"} <= set(tracked_files(ROOT))
