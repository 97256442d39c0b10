from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from console.compare.problems import MAX_LAG_BYTES
from console.observe.state import SILENT, ObservedState
from remoting.verification.report import VerificationReport
from tests.unit.console.observed import (
    AT,
    LOG_BYTES,
    SLAVE_HA,
    change,
    list_group,
    mark_down,
    replicating_to,
)
from tests.unit.console.problem_cases import combined, problems_of, process_down
from tests.unit.remoting.plans import controller_plan, dledger_plan, seed_plan

if TYPE_CHECKING:
    from collections.abc import Callable

A, DRAINED_UNTIL = "10.0.0.11:10911", AT + 1e9


def test_only_failed_verifications_are_problems():
    reports = tuple(
        VerificationReport(host, "2026-01-01T00:00:00Z", 1.5, is_ok)
        for host, is_ok in (("server1", True), ("server2", False))
    )
    (problem,) = problems_of(seed_plan(), reports=reports)
    assert problem["text"] == "the last verification failed on server2"
    assert problem["severity"] == "warning"


def kinds(plan: dict[str, Any], fault: Callable[[ObservedState], object]) -> list[str]:
    return [problem["kind"] for problem in problems_of(plan, fault)]


def test_a_cluster_is_not_dead_while_one_broker_answers():
    others = ("broker-a", "broker-a-s", "broker-b")
    assert "clusterDead" not in kinds(seed_plan(), lambda observed: mark_down(observed, *others))


def test_a_cluster_of_silent_brokers_is_dead():
    names = ("broker-a", "broker-a-s", "broker-b", "broker-b-s")
    found = kinds(seed_plan(), lambda observed: mark_down(observed, *names, state=SILENT))
    assert found == ["clusterDead", *["silent"] * 4]


def test_a_broker_that_was_not_polled_yet_is_not_missing():
    assert kinds(seed_plan(), lambda observed: observed.brokers.pop("broker-b-s")) == []


def test_a_silent_name_server_is_not_down():
    assert kinds(seed_plan(), process_down("name_servers", "namesrv-1", SILENT)) == ["silent"]


def test_without_a_name_server_no_broker_is_unlisted():
    fault = combined(
        process_down("name_servers", "namesrv-1"), process_down("name_servers", "namesrv-2")
    )
    assert kinds(seed_plan(), fault) == ["nameServerDown", "nameServerDown"]


def test_a_broker_that_was_just_started_may_still_register():
    fault = combined(
        lambda observed: list_group(observed, "broker-a", {0: A}),
        lambda observed: change(observed, "broker-a-s", booted_at=AT - 44),
    )
    assert kinds(seed_plan(), fault) == []


def test_a_slave_may_lag_a_little():
    acked = replicating_to("10.0.0.12", acked=LOG_BYTES - MAX_LAG_BYTES)
    assert kinds(seed_plan(), lambda observed: change(observed, "broker-a", ha=acked)) == []


def test_a_slave_polled_after_its_master_may_hold_more():
    def later(observed: ObservedState) -> None:
        change(observed, "broker-a-s", at=AT + 0.001, max_offset=LOG_BYTES + 9)

    assert kinds(seed_plan(), later) == []


def test_a_slave_polled_at_the_same_time_as_its_master_may_hold_more():
    def meanwhile(observed: ObservedState) -> None:
        change(observed, "broker-a", started_at=AT, at=AT + 0.05)
        change(observed, "broker-a-s", started_at=AT, at=AT + 0.02, max_offset=LOG_BYTES + 9)

    assert kinds(seed_plan(), meanwhile) == []


def test_a_slave_that_held_more_one_poll_ago_is_ahead():
    def ahead(observed: ObservedState) -> None:
        change(observed, "broker-a-s", at=AT - 2, max_offset=LOG_BYTES + 9)
        observed.previous["broker-a-s"] = observed.brokers["broker-a-s"]
        change(observed, "broker-a-s", at=AT + 0.001, max_offset=LOG_BYTES + 99)

    assert kinds(seed_plan(), ahead) == ["slaveAhead"]


def test_only_its_permission_makes_a_slave_drained():
    def held(observed: ObservedState) -> None:
        change(observed, "broker-a-s", accepts_sends_from=DRAINED_UNTIL)

    assert kinds(seed_plan(), held) == []


@pytest.mark.parametrize(
    ("used", "severities"),
    [(0.74, []), (0.75, ["warning"]), (0.89, ["warning"]), (0.9, ["error"])],
)
def test_a_full_disk_is_first_a_warning_then_an_error(used, severities):
    found = problems_of(seed_plan(), lambda observed: change(observed, "broker-b", disk_used=used))
    assert [problem["severity"] for problem in found] == severities


def test_an_election_in_progress_is_not_two_masters():
    found = kinds(controller_plan(), lambda observed: change(observed, "broker-a-1", ha=SLAVE_HA))
    assert "twoMasters" not in found


def test_a_group_without_any_answer_is_not_reported_as_masterless():
    names = [f"broker-a-{number}" for number in (1, 2, 3)]
    found = kinds(dledger_plan(), lambda observed: mark_down(observed, *names))
    assert "noMaster" not in found


def test_an_elected_replica_has_neither_a_wrong_role_nor_a_wrong_place():
    addresses = {0: "10.0.0.12:10911", 3: "10.0.0.11:10911", 2: "10.0.0.13:10911"}
    assert (
        kinds(dledger_plan(), lambda observed: list_group(observed, "broker-a", addresses)) == []
    )


def test_errors_come_before_warnings():
    fault = combined(
        lambda observed: change(observed, "broker-a", version="4.9.4"),
        lambda observed: mark_down(observed, "broker-b-s"),
    )
    severities = [problem["severity"] for problem in problems_of(seed_plan(), fault)]
    assert severities == ["error", "warning"]
