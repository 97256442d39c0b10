from __future__ import annotations

import re

import pytest

from console.compare.problems import TEXTS
from tests.unit.console.problem_cases import PROBLEM_CASES, problems_of, with_proxy
from tests.unit.remoting.plans import controller_plan, dledger_plan, seed_plan


@pytest.mark.parametrize(
    ("kind", "text", "plan", "fault"),
    PROBLEM_CASES,
    ids=[f"{one[0]}: {one[1][:40]}" for one in PROBLEM_CASES],
)
def test_every_difference_has_its_line(kind, text, plan, fault):
    found = {problem["text"]: problem["kind"] for problem in problems_of(plan, fault)}
    assert found.get(text) == kind


@pytest.mark.parametrize("plan", [seed_plan(), dledger_plan(), controller_plan(), with_proxy()])
def test_a_cluster_as_planned_has_no_problems(plan):
    assert problems_of(plan) == ()


def test_every_kind_of_problem_has_a_case():
    tried = {kind for kind, *_ in PROBLEM_CASES}
    assert tried | {"notVerified"} == set(TEXTS)


@pytest.mark.parametrize(("kind", "_", "plan", "fault"), PROBLEM_CASES)
def test_no_line_has_an_unfilled_placeholder(kind, _, plan, fault):
    for problem in problems_of(plan, fault):
        assert not re.search(r"None|[{}\n\[\]]|  |, $", problem["text"]), kind
