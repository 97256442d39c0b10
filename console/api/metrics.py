"""What Prometheus reads: the same view, as gauges."""

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
        """Return what was given."""
        return self._families


def render_metrics(plan: Plan, view: ClusterView, requests: int) -> bytes:
    """Return Prometheus' text format."""
    registry = CollectorRegistry()
    families = [
        *_of_cluster(plan, view),
        *_of_brokers(view.brokers, view.observed),
        *_of_consumers(view),
    ]
    asked = CounterMetricFamily(
        "rocketmq_console_requests", "Requests that the console sent to the cluster."
    )
    asked.add_metric([], requests)
    registry.register(_Collector([*families, asked]))
    return generate_latest(registry)


def _of_cluster(plan: Plan, view: ClusterView) -> Iterator[GaugeMetricFamily]:
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
    # A series that is there twice is none: a broker may be misplaced at two addresses.
    counts = Counter((one.kind, one.severity, one.subject) for one in view.problems)
    for (kind, severity, subject), count in counts.items():
        problems.add_metric([kind, severity, _text(subject)], count)
    yield problems
    up = GaugeMetricFamily(
        "rocketmq_process_up",
        "Whether a process that is no broker answers.",
        labels=["process", "kind", "host"],
    )
    for kind, process, observation in other_processes(plan, view.observed):
        up.add_metric(
            [process.name, kind, process.host], bool(observation and observation.state == UP)
        )
    yield up


def _of_brokers(
    brokers: Sequence[BrokerView], observed: ObservedState
) -> Iterator[GaugeMetricFamily]:
    def family(name: str, text: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"rocketmq_broker_{name}", text, labels=BROKER_LABELS)

    up = family("up", "Whether a planned broker answers.")
    incoming = family("messages_in_per_second", "Messages that it takes.")
    outgoing = family("messages_out_per_second", "Messages that it gives to consumers.")
    lag = family("lag_bytes", "Bytes of its master's log that a slave has still to fetch.")
    planned = family("replicas_planned", "Of a master: how many others should copy it.")
    connected = family("replicas_connected", "Of a master: how many others do copy it.")
    disk = family("disk_used_ratio", "Share of its file system that is used.")
    uptime = family("boot_time_seconds", "When it was started, since the epoch.")
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


def _of_consumers(view: ClusterView) -> Iterator[GaugeMetricFamily]:
    lag = GaugeMetricFamily(
        "rocketmq_consumer_group_lag_messages",
        "Messages that a consumer group has still to read.",
        labels=["group"],
    )
    clients = GaugeMetricFamily(
        "rocketmq_consumer_group_clients", "Its clients that are connected.", labels=["group"]
    )
    for group in view.consumer_groups[:MAX_SHOWN]:
        lag.add_metric([_text(group.name)], group.lag)
        if group.clients is not None:
            clients.add_metric([_text(group.name)], group.clients)
    yield from (lag, clients)


def _text(name: str) -> str:
    """Return a name without halves of characters, which JSON can tell and no text can hold."""
    return name.encode(errors="replace").decode()
