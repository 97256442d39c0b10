"""Observations that are too old are shown as silent."""

from __future__ import annotations

import re

from console.api.document import cluster_document
from console.api.metrics import render_metrics
from console.compare.cluster import view_cluster
from remoting.plan.plan import parse_plan
from tests.unit.console.observed import AT, CONFIGURATION, healthy
from tests.unit.remoting.plans import seed_plan

PLAN = parse_plan(seed_plan())


def view_after(seconds_later: float):
    return view_cluster(PLAN, CONFIGURATION, healthy(PLAN), (), AT + seconds_later)


def test_an_observation_of_a_few_steps_ago_is_valid():
    assert view_after(14).state == "healthy"


def test_a_process_that_is_no_longer_polled_is_silent():
    view = view_after(60)
    assert view.state == "dead"
    silent = {problem["subject"] for problem in view.problems if problem["kind"] == "silent"}
    assert silent == {one.name for one in (*PLAN.name_servers, *PLAN.brokers)}
    assert view.observed_at == AT
    texts = [problem["text"] for problem in view.problems if problem["subject"] == "broker-a"]
    cause = "on server1 at 10.0.0.11:10911, not polled for 60 s"
    assert texts == [f"broker-a is silent: {cause}"]


def test_the_api_and_the_metrics_agree():
    view = view_after(60)
    document = cluster_document(PLAN, CONFIGURATION, view)
    processes = [*document["nameServers"], *document["brokers"]]
    assert {one["state"] for one in processes} == {"silent"}
    text = render_metrics(PLAN, view, 0).decode()
    ups = re.findall(r"^rocketmq_(?:process|broker)_up{.*} (\S+)$", text, re.MULTILINE)
    assert len(ups) == len(processes)
    assert set(ups) == {"0.0"}
