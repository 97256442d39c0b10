"""A plain `pulumi preview` shows the plan; nothing else does."""

import pulumi
import pytest

from blueprint.overview.text import SHOWN_ALREADY, render_plan_summary
from tests.support.stacks import planned, raw_cluster


@pytest.fixture
def shown(monkeypatch):
    found = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, *_, **__: found.append(text))
    monkeypatch.delenv(SHOWN_ALREADY, raising=False)
    return found


def test_a_preview_shows_the_hosts_and_processes_once(run_program, shown):
    run_program(raw_cluster(), preview=True)
    assert shown == [render_plan_summary(planned(raw_cluster()))]


def test_a_preview_does_not_repeat_the_plan_that_make_has_shown(run_program, shown, monkeypatch):
    monkeypatch.setenv(SHOWN_ALREADY, "yes")
    run_program(raw_cluster(), preview=True)
    assert shown == []


def test_an_update_does_not_show_the_plan(run_program, shown):
    run_program(raw_cluster())
    assert shown == []
