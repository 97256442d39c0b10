"""A report as JSON and as one line; its table is tested with what makes it."""

from __future__ import annotations

import json

import pytest

from remoting.verification.report import (
    Outcome,
    ProcessReport,
    VerificationReport,
    parse_report,
    parse_reports,
    render_line,
    render_report,
    render_reports,
)

PASSED = Outcome("registered", ok=True, detail="on 2 name servers", ms=3.5)
FAILED = Outcome("in-sync", ok=False, detail="9 bytes behind", ms=10.0)
SOUND = VerificationReport(
    "server1",
    "2026-01-02T03:04:05Z",
    1.5,
    ok=True,
    processes=(ProcessReport("broker-a", "SYNC_MASTER", "10.0.0.11:10911", (PASSED,)),),
)
UNSOUND = VerificationReport(
    "server2",
    "2026-01-02T03:04:05Z",
    2.0,
    ok=False,
    processes=(ProcessReport("broker-a-s", "SLAVE", "10.0.0.12:11911", (PASSED, FAILED)),),
)
UNREACHABLE = VerificationReport("server3", "2026-01-02T03:04:05Z", 0, ok=False)

OLDER = """
{"host": "server1", "at": "2026-01-02T03:04:05Z", "seconds": 1.5, "ok": true, "processes": [
 {"process": "broker-a", "role": "SYNC_MASTER", "address": "10.0.0.11:10911", "checks": [
  {"check": "registered", "ok": true, "detail": "on 2 name servers", "ms": 3.5}]}]}
"""


def test_what_was_written_is_read():
    reports = (SOUND, UNSOUND, UNREACHABLE)
    assert tuple(parse_report(render_report(report)) for report in reports) == reports
    text = render_reports(reports)
    assert parse_reports(text) == reports
    assert text.endswith("]\n")


def test_what_older_releases_wrote_is_read_and_written_alike():
    assert parse_report(OLDER) == SOUND
    assert render_report(SOUND) == json.dumps(json.loads(OLDER), indent=1) + "\n"


def test_the_path_of_a_log_stays_on_its_host():
    process = ProcessReport("broker-a", "SYNC_MASTER", "10.0.0.11:10911", (PASSED,), "/a/log")
    own = VerificationReport("server1", "then", 1.5, ok=True, processes=(process,))
    assert "/a/log" not in render_report(own)
    assert parse_report(render_report(own)).own_processes == 0


def test_a_line_says_how_many_checks_failed():
    assert render_line(SOUND) == "server1: verified at 2026-01-02T03:04:05Z in 1.5 s"
    assert render_line(UNSOUND) == "server2: 1 checks failed at 2026-01-02T03:04:05Z in 2.0 s"


@pytest.mark.parametrize("text", ["", "null", "5", "{}", "[5]", '{"processes": [{"checks": []}]}'])
def test_an_invalid_report_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"\S"):
        parse_report(text)
    with pytest.raises(ValueError, match=r"\S"):
        parse_reports(f"[{text or 5}]")


@pytest.mark.parametrize("text", ["", "null", "5", '"text"', "[" * 100_000])
def test_an_invalid_list_of_reports_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"\S"):
        parse_reports(text)
