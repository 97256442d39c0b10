"""A file of attributes that a killed engine wrote only in part is removed, before it is read."""

import json
import os
import socket

import pytest

from cli.engine import recovery
from cli.engine.recovery import remove_torn_attributes

WHOLE = '{"user.content_type": "application/json"}'


@pytest.fixture
def backend(tmp_path, monkeypatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    folder = tmp_path / ".pulumi"
    (folder / "stacks" / "rocketmq").mkdir(parents=True)
    (folder / "locks" / "organization" / "rocketmq" / "local").mkdir(parents=True)
    return folder


def write(backend, texts):
    files = [backend / "meta.yaml.attrs", backend / "stacks" / "rocketmq" / "local.json.attrs"]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    return files


def lock(backend, hostname):
    text = json.dumps({"pid": os.getpid(), "hostname": hostname})
    (backend / "locks" / "organization" / "rocketmq" / "local" / "1.json").write_text(text)


@pytest.mark.parametrize("torn", ["", WHOLE[:20]])
def test_a_torn_file_is_removed_and_named(backend, torn, capsys):
    files = write(backend, [torn, torn])
    remove_torn_attributes()
    assert not any(file.exists() for file in files)
    assert capsys.readouterr().err.splitlines() == [
        f"{file}: removed; a killed run had written it only in part" for file in files
    ]


def test_a_whole_file_stays(backend, capsys):
    files = write(backend, [WHOLE, WHOLE])
    remove_torn_attributes()
    assert all(file.read_text() == WHOLE for file in files)
    assert capsys.readouterr().err == ""


def test_the_state_itself_stays(backend):
    (state := backend / "stacks" / "rocketmq" / "local.json").write_text("torn")
    write(backend, ["", ""])
    remove_torn_attributes()
    assert state.read_text() == "torn"


def test_nothing_is_removed_while_an_engine_may_be_writing(backend, monkeypatch):
    files = write(backend, ["", ""])
    monkeypatch.setattr(recovery, "_is_engine", lambda pid: pid == os.getpid())
    lock(backend, socket.gethostname())
    remove_torn_attributes()
    lock(backend, "another-computer")
    remove_torn_attributes()
    assert all(file.exists() for file in files)


def test_the_lock_of_a_dead_engine_keeps_nothing(backend, monkeypatch):
    files = write(backend, ["", ""])
    monkeypatch.setattr(recovery, "_is_engine", lambda _: False)
    lock(backend, socket.gethostname())
    remove_torn_attributes()
    assert not any(file.exists() for file in files)


def test_a_backend_elsewhere_is_left_alone(backend, monkeypatch):
    files = write(backend, ["", ""])
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    remove_torn_attributes()
    assert all(file.exists() for file in files)
