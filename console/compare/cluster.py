"""The whole cluster at one moment: planned, seen, and in what the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.compare.brokers import BrokerView, view_brokers
from console.compare.inventory import (
    ConsumerGroupView,
    TopicView,
    view_consumer_groups,
    view_topics,
)
from console.compare.problems import Problem, find_failed_verifications, find_problems
from console.observe.state import UNOBSERVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.configuration import Configuration
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

HEALTHY, DEGRADED, DEAD, STARTING = "healthy", "degraded", "dead", "starting"
STATES = (HEALTHY, DEGRADED, DEAD, STARTING)


@dataclass(frozen=True)
class ClusterView:
    """Everything that the page, the API and the metrics show."""

    observed: ObservedState
    """What it was made of; what was not looked at for long is silent in it."""
    at: float
    """When it was made, in seconds since the epoch."""
    state: str
    observed_at: float
    problems: tuple[Problem, ...]
    brokers: tuple[BrokerView, ...]
    topics: tuple[TopicView, ...]
    consumer_groups: tuple[ConsumerGroupView, ...]
    verification: tuple[Mapping[str, Any], ...]
    """As `remoting.verification.report_as_json` has it, one per host that was ever verified."""


def view_cluster(
    plan: Plan,
    configuration: Configuration,
    observed: ObservedState,
    verification: tuple[Mapping[str, Any], ...],
    at: float,
) -> ClusterView:
    """Return the view of a moment, in seconds since the epoch."""
    # Of a copy, since what is seen may change meanwhile, and each part must see the same.
    observed = observed.as_of(at, _max_age_seconds(configuration))
    brokers = view_brokers(plan, observed)
    failed = [str(report["host"]) for report in verification if not report["ok"]]
    problems = find_problems(plan, observed, brokers, configuration.version, at)
    problems += find_failed_verifications(failed)
    inventories = observed.inventories.copy()
    own_names = frozenset({plan.cluster, *(broker.group for broker in plan.brokers)})
    return ClusterView(
        observed=observed,
        at=at,
        state=_state(brokers, problems),
        observed_at=observed.last_observed_at,
        problems=problems,
        brokers=brokers,
        topics=view_topics(inventories, own_names),
        consumer_groups=view_consumer_groups(tuple(inventories.values())),
        verification=verification,
    )


def _max_age_seconds(configuration: Configuration) -> float:
    """Return how old a look may be: some steps, and what its requests may take."""
    return 5 * configuration.every_seconds + 5 * configuration.request_seconds


def _state(brokers: tuple[BrokerView, ...], problems: tuple[Problem, ...]) -> str:
    if any(problem.kind == "clusterDead" for problem in problems):
        return DEAD
    if any(broker.state == UNOBSERVED for broker in brokers):
        return STARTING
    return DEGRADED if problems else HEALTHY
