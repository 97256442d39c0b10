"""The view as Prometheus metrics."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from console.compare.brokers import other_processes
from console.compare.cluster import STATES
from console.compare.inventory import MAX_SHOWN
from console.observe.state import UP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.compare.brokers import BrokerView
    from console.compare.cluster import ClusterView
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

BROKER_LABELS = ("broker", "group", "host")


class _Collector:
    def __init__(self, families: Sequence[GaugeMetricFamily | CounterMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Sequence[GaugeMetricFamily | CounterMetricFamily]:
        """Return the families."""
        return self._families


def render_metrics(plan: Plan, view: ClusterView, requests: int) -> bytes:
    """Return the metrics in Prometheus text format."""
    registry = CollectorRegistry()
    families = [
        *_cluster_metrics(plan, view),
        *_broker_metrics(view.brokers, view.observed),
        *_consumer_metrics(view),
    ]
    sent = CounterMetricFamily(
        "rocketmq_console_requests", "Requests that the console sent to the cluster."
    )
    sent.add_metric([], requests)
    registry.register(_Collector([*families, sent]))
    return generate_latest(registry)


def _cluster_metrics(plan: Plan, view: ClusterView) -> Iterator[GaugeMetricFamily]:
    state = GaugeMetricFamily(
        "rocketmq_cluster_state", "1 for the state that the cluster is in.", labels=["state"]
    )
    for name in STATES:
        state.add_metric([name], view.state == name)
    yield state
    problems = GaugeMetricFamily(
        "rocketmq_cluster_problems",
        "Differences between the cluster and its plan.",
        labels=["kind", "severity", "subject"],
    )
    # Prometheus rejects duplicate series, and a broker may be misplaced at two addresses.
    counts = Counter((one.kind, one.severity, one.subject) for one in view.problems)
    for (kind, severity, subject), count in counts.items():
        problems.add_metric([kind, severity, _text(subject)], count)
    yield problems
    up = GaugeMetricFamily(
        "rocketmq_process_up",
        "Whether a process other than a broker answers.",
        labels=["process", "kind", "host"],
    )
    for kind, process, observation in other_processes(plan, view.observed):
        up.add_metric(
            [process.name, kind, process.host], bool(observation and observation.state == UP)
        )
    yield up


def _broker_metrics(
    brokers: Sequence[BrokerView], observed: ObservedState
) -> Iterator[GaugeMetricFamily]:
    def family(name: str, text: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"rocketmq_broker_{name}", text, labels=BROKER_LABELS)

    up = family("up", "Whether a planned broker answers.")
    incoming = family("messages_in_per_second", "Messages received.")
    outgoing = family("messages_out_per_second", "Messages delivered to consumers.")
    lag = family("lag_bytes", "Bytes of its master's log that a slave has not copied yet.")
    planned = family("replicas_planned", "Replicas that should copy a master.")
    connected = family("replicas_connected", "Replicas that copy a master.")
    disk = family("disk_used_ratio", "Used share of the file system with its messages.")
    uptime = family("boot_time_seconds", "Start time, in epoch seconds.")
    for view in brokers:
        if view.planned is None:
            continue
        labels = [view.name, view.group, view.planned.host]
        rate = observed.rates[view.name].latest if view.state == UP else None
        facts = view.facts
        values = (
            (up, float(view.state == UP)),
            (incoming, rate.incoming if rate else None),
            (outgoing, rate.outgoing if rate else None),
            (lag, view.lag_bytes),
            (planned, view.replicas_planned),
            (connected, view.replicas_connected),
            (disk, facts.disk_used if facts else None),
            (uptime, facts.booted_at if facts else None),
        )
        for target, value in values:
            if value is not None:
                target.add_metric(labels, value)
    yield from (up, incoming, outgoing, lag, planned, connected, disk, uptime)


def _consumer_metrics(view: ClusterView) -> Iterator[GaugeMetricFamily]:
    lag = GaugeMetricFamily(
        "rocketmq_consumer_group_lag_messages",
        "Messages that a consumer group has not consumed yet.",
        labels=["group"],
    )
    clients = GaugeMetricFamily(
        "rocketmq_consumer_group_clients",
        "Connected clients of a consumer group.",
        labels=["group"],
    )
    for group in view.consumer_groups[:MAX_SHOWN]:
        lag.add_metric([_text(group.name)], group.lag)
        if group.clients is not None:
            clients.add_metric([_text(group.name)], group.clients)
    yield from (lag, clients)


def _text(name: str) -> str:
    """Return a name with its lone surrogates replaced, which JSON can hold and UTF-8 cannot."""
    return name.encode(errors="replace").decode()
