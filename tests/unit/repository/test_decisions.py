"""Every architecture decision record has a title, a date and a status."""

import re

import pytest

from project import ROOT

RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
STATUS = r"(Accepted|Superseded by \[\d{4}\]\(\d{4}-[a-z-]+\.md\))"
HEAD = re.compile(rf"# (\d{{4}}) \S.*\n\n- Date: \d{{4}}-\d\d-\d\d\n- Status: {STATUS}\n\n")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_record_begins_with_its_number_date_and_status(record):
    head = HEAD.match(record.read_text("utf-8"))
    assert head
    assert head[1] == record.name[:4]


def test_decision_records_are_numbered_without_a_gap():
    assert [int(record.name[:4]) for record in RECORDS] == [*range(1, len(RECORDS) + 1)]
