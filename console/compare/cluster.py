"""The whole cluster at one moment: planned, observed, and how the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from console.compare.brokers import BrokerView, view_brokers
from console.compare.inventory import ConsumerGroup, Topic, view_consumer_groups, view_topics
from console.compare.problems import Problem, find_problems, new_problem
from console.observe.state import UNOBSERVED

if TYPE_CHECKING:
    from console.configuration import Configuration
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan
    from remoting.verification.report import VerificationReport

ClusterState = Literal["healthy", "degraded", "dead", "starting"]
STATES: tuple[ClusterState, ...] = get_args(ClusterState)


@dataclass(frozen=True)
class ClusterView:
    """Everything that the page, the API and the metrics show."""

    observed: ObservedState
    """What it was built from; processes whose last poll is too old are silent in it."""
    at: float
    """When it was built, in epoch seconds."""
    state: ClusterState
    observed_at: float
    """When a broker or name server was last polled; 0 before the first poll."""
    problems: tuple[Problem, ...]
    brokers: tuple[BrokerView, ...]
    topics: tuple[Topic, ...]
    consumer_groups: tuple[ConsumerGroup, ...]
    verification: tuple[VerificationReport, ...]
    """One per host that was ever verified."""


def view_cluster(
    plan: Plan,
    configuration: Configuration,
    observed: ObservedState,
    verification: tuple[VerificationReport, ...],
    at: float,
) -> ClusterView:
    """Return the view at a moment, in epoch seconds."""
    # An observation may be as old as a few steps and the timeouts of its requests.
    max_age_seconds = 5 * (configuration.every_seconds + configuration.request_seconds)
    # From a copy: pollers may write meanwhile, and all parts must agree.
    observed = observed.as_of(at, max_age_seconds)
    brokers = view_brokers(plan, observed)
    problems = find_problems(plan, observed, brokers, configuration.version, at)
    failed = (report.host for report in verification if not report.ok)
    problems += tuple(new_problem("notVerified", host) for host in failed)
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


def _state(brokers: tuple[BrokerView, ...], problems: tuple[Problem, ...]) -> ClusterState:
    if any(problem["kind"] == "clusterDead" for problem in problems):
        return "dead"
    if any(broker.state == UNOBSERVED for broker in brokers):
        return "starting"
    return "degraded" if problems else "healthy"
