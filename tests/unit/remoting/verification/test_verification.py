from __future__ import annotations

import os
import time

import pytest

from remoting.checks.name_servers import listing_problems
from remoting.checks.systemd import unit_step
from remoting.errors import PlanError
from remoting.plan.plan import parse_plan
from remoting.polling import Deadline
from remoting.replication.guard import GuardState
from remoting.requests.admin import ListedBroker
from remoting.verification.report import render_causes, render_report_table
from remoting.verification.run import verify_host
from tests.unit.remoting.plans import broker, name_server, plan_of, seed_plan
from tests.unit.remoting.scripted_peer import FakeBroker, ScriptedPeer, listed_broker

CLUSTER = "DefaultCluster"


def listed_as_planned():
    return {
        "broker-a": ListedBroker(
            "broker-a", CLUSTER, {0: "10.0.0.11:10911", 1: "10.0.0.12:11911"}
        ),
        "broker-b": ListedBroker(
            "broker-b", CLUSTER, {0: "10.0.0.12:10911", 1: "10.0.0.11:11911"}
        ),
    }


def test_exactly_the_planned_brokers_are_no_problem():
    assert listing_problems(parse_plan(seed_plan()), listed_as_planned()) == []


@pytest.mark.parametrize(
    ("name", "entry", "problem"),
    [
        ("broker-a", {0: "10.0.0.11:10911"}, "broker-a-s (10.0.0.12:11911) is missing"),
        (
            "broker-a",
            {0: "10.0.0.99:10911", 1: "10.0.0.12:11911"},
            "broker-a is listed at 10.0.0.99:10911 instead of 10.0.0.11:10911",
        ),
        ("broker-c", {0: "10.0.0.13:10911"}, "broker-c id 0 at 10.0.0.13:10911 is not planned"),
        (
            "broker-b",
            {0: "10.0.0.12:10911", 1: "10.0.0.11:11911", 2: "10.0.0.13:1"},
            "broker-b id 2 at 10.0.0.13:1 is not planned",
        ),
    ],
)
def test_missing_misplaced_and_unplanned_brokers_are_named(name, entry, problem):
    listed = {**listed_as_planned(), name: ListedBroker(name, CLUSTER, entry)}
    assert listing_problems(parse_plan(seed_plan()), listed) == [problem]


def test_a_broker_of_another_cluster_is_a_problem():
    listed = listed_as_planned()
    listed["broker-a"] = ListedBroker("broker-a", "Foreign", listed["broker-a"].addresses)
    expected = ["broker-a belongs to cluster Foreign instead of DefaultCluster"]
    assert listing_problems(parse_plan(seed_plan()), listed) == expected


def verify(plan, host="server1", seconds=0.2):
    return verify_host(parse_plan(plan), host, Deadline.after(seconds), check_units=False)


def test_a_healthy_name_server_is_verified():
    table = {"broker-a": listed_broker({0: "127.0.0.1:1"})}
    with ScriptedPeer(FakeBroker(listed=table)) as peer:
        plan = plan_of(
            [name_server(1, peer.address)], [broker("broker-a", "server2", "127.0.0.1:1")]
        )
        report = verify(plan)
    table_lines = render_report_table(report).splitlines()
    assert table_lines[0].split() == ["process", "role", "address", "checks", "ms"]
    assert "ok: ready, lists-planned" in table_lines[1]
    assert table_lines[-1].startswith("verified server1 at 20")
    assert table_lines[-1].endswith(" s: 1 process")
    assert render_causes(report) == ""
    assert report.ok


def test_a_drained_master_fails_with_the_reason_of_its_guard(tmp_path):
    state = tmp_path / "state.json"
    GuardState("ahead", "slave x is ahead", 0, 5, "1").write(state)
    log = tmp_path / "broker.log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    drained = FakeBroker(permission=4)
    with ScriptedPeer(drained) as master:
        table = {"broker-a": listed_broker({0: master.address})}
        with ScriptedPeer(FakeBroker(listed=table)) as server:
            files = {"guardState": str(state), "log": str(log)}
            plan = plan_of(
                [name_server(1, server.address)],
                [broker("broker-a", "server1", master.address, **files)],
            )
            report = verify(plan, seconds=30)
        sent = [request for request in master.requests if request.code in (17, 310)]
    causes = render_causes(report).splitlines()
    assert causes[0] == (
        "cause: permission of broker-a on server1: brokerPermission is 4 instead of 6; "
        "its guard is ahead: slave x is ahead"
    )
    assert causes[1:] == [f"  last 15 lines of {log}:", *(f"    line {n}" for n in range(85, 100))]
    assert "FAILED permission" in render_report_table(report)
    # Nothing is written to a master unless all earlier checks passed.
    assert sent == []


def test_every_failed_process_is_listed():
    report = verify(
        plan_of(
            [name_server(1, "127.0.0.1:1"), name_server(2, "127.0.0.1:2")],
            [broker("broker-a", "server1", "127.0.0.1:3")],
        )
    )
    causes = [line for line in render_causes(report).splitlines() if line.startswith("cause: ")]
    assert [cause.split(": ")[1] for cause in causes] == [
        "ready of namesrv-1 on server1",
        "lists-planned of namesrv-2 on server1",
        "registered of broker-a on server1",
    ]
    assert render_report_table(report).splitlines()[-1].startswith("3 of 3 failed on server1 at ")
    assert (report.ok, len(report.processes)) == (False, 3)


@pytest.mark.parametrize("is_required", [True, False])
def test_a_silent_slave_fails_its_master_only_where_it_is_required(is_required):
    master = FakeBroker()
    with ScriptedPeer(master) as peer, ScriptedPeer(master) as server:
        master.listed = {"broker-a": listed_broker({0: peer.address})}
        plan = plan_of(
            [name_server(1, server.address)],
            [
                broker("broker-a", "server1", peer.address, slaveRequired=is_required),
                broker("broker-a-s", "server1", "127.0.0.1:1"),
            ],
        )
        by_name = {process.process: process for process in verify(plan).processes}
    asked = [outcome.check for outcome in by_name["broker-a"].checks]
    # The scripted peer knows no topics, so the other master fails at send-and-read.
    expected = ["in-sync"] if is_required else ["permission", "send-and-read"]
    assert asked == ["registered", "configuration", *expected]
    assert by_name["broker-a-s"].failure.check == "registered"


def test_an_unknown_host_is_refused_with_the_known_ones():
    with pytest.raises(PlanError, match="host is 'server9'; allowed: server1, server2"):
        verify(seed_plan(), "server9")


@pytest.fixture
def fake_systemctl(tmp_path, monkeypatch):
    def install(script):
        command = tmp_path / "systemctl"
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return install


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("echo ActiveState=failed; echo MainPID=0", "the unit is failed with main pid 0"),
        ("echo ActiveState=active; echo MainPID=0", "the unit is active with main pid 0"),
        ("echo no bus >&2; exit 1", "systemctl: no bus"),
    ],
)
def test_a_unit_that_does_not_run_fails_before_anything_is_asked(fake_systemctl, script, cause):
    fake_systemctl(script)
    plan = parse_plan(
        plan_of([name_server(1, "127.0.0.1:1")], [broker("broker-a", "server2", "127.0.0.1:3")])
    )
    report = verify_host(plan, "server1", Deadline.after(0.2))
    (outcome,) = report.processes[0].checks
    assert (outcome.check, outcome.detail) == ("unit", cause)


def test_a_systemctl_that_is_busy_is_asked_again(fake_systemctl, tmp_path, monkeypatch):
    monkeypatch.setattr("remoting.checks.systemd._SYSTEMCTL_SECONDS", 0.5)
    asked = tmp_path / "asked"
    fake_systemctl(
        f"[ -e {asked} ] || {{ touch {asked}; exec sleep 60; }}; "
        "echo ActiveState=active; echo MainPID=7; echo UnitFileState=enabled"
    )
    assert (
        unit_step("rocketmq-broker-a.service").run(Deadline(time.monotonic() + 30, 0.5)) == "pid 7"
    )
