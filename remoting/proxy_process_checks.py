"""The checks of proxies and of metrics on one host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.process_checks import Step, unit_steps
from remoting.proxy_checks import check_metrics, check_proxy_ready

if TYPE_CHECKING:
    from remoting.plan import Plan, PlannedMetrics, PlannedProxy
    from remoting.polling import Deadline


def proxy_steps(
    plan: Plan, proxy: PlannedProxy, deadline: Deadline, *, check_units: bool
) -> list[Step]:
    """Return the checks of a proxy on this host."""

    def ready() -> str:
        return f"routes to {check_proxy_ready(proxy, plan.cluster, deadline)} groups"

    return [*unit_steps(proxy.unit, deadline, check_units=check_units), Step("ready", ready)]


def metrics_step(metrics: PlannedMetrics, deadline: Deadline) -> Step:
    """Return the check that a process of this host offers its metrics."""
    return Step("metrics", lambda: f"{check_metrics(metrics, deadline)} lines")
