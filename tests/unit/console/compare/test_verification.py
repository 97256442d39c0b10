from __future__ import annotations

import json
import os

import pytest

from console.compare.verification import VerificationRecord
from tests.unit.console.observed import REPORT


def hosts_of(record: VerificationRecord) -> list[str]:
    return [report.host for report in record.reports()]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "verification.json"


def write(path, *hosts):
    """Replace the file atomically, as a host does."""
    made = path.with_suffix(".new")
    made.write_text(json.dumps([{**REPORT, "host": host} for host in hosts]))
    made.replace(path)


def test_a_cluster_that_was_never_verified_has_no_reports(path):
    assert VerificationRecord(path).reports() == ()


def test_a_file_that_has_changed_is_read_again(path):
    record = VerificationRecord(path)
    write(path, "server1")
    assert hosts_of(record) == ["server1"]
    write(path, "server1", "server2")
    assert hosts_of(record) == ["server1", "server2"]
    path.unlink()
    assert hosts_of(record) == []


def test_a_file_that_has_not_changed_is_not_read_again(path):
    record = VerificationRecord(path)
    write(path, "server1")
    first = record.reports()
    assert record.reports() is first


def test_a_file_written_in_place_is_read_again(path):
    record = VerificationRecord(path)
    write(path, "server1")
    assert hosts_of(record) == ["server1"]
    path.write_text(json.dumps([{**REPORT, "host": "server2"}]))
    os.utime(path, ns=(0, 1))
    assert hosts_of(record) == ["server2"]


BROKEN = [
    "",
    "null",
    "5",
    '"text"',
    "[5]",
    '{"host": "server1"}',
    "[{}]",
    '[{"host": "a", "ok": true, "at": "", "seconds": 1}]',
    '[{"host": "a", "ok": true, "at": "", "seconds": 1, "processes": [{}]}]',
    '[{"host": "a", "ok": true, "at": "", "seconds": 1, "processes": [{"checks": []}]}]',
    "[" * 100_000,
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_malformed_file_gives_no_report_and_is_logged(path, caplog, text):
    path.write_text(text)
    assert VerificationRecord(path).reports() == ()
    assert str(path) in caplog.text


def test_a_repaired_file_is_read(path):
    record = VerificationRecord(path)
    path.write_text("[")
    assert hosts_of(record) == []
    write(path, "server1")
    assert hosts_of(record) == ["server1"]


def test_a_malformed_file_is_logged_once_per_change(path, caplog):
    path.write_text("[")
    record = VerificationRecord(path)
    for _ in range(5):
        record.reports()
    assert len(caplog.records) == 1
    path.write_text("[[")
    record.reports()
    assert len(caplog.records) == 2
