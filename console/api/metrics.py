"""The view as Prometheus metrics."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from console.compare.brokers import other_processes
from console.compare.cluster import STATES
from console.compare.inventory import MAX_SHOWN
from console.observe.state import UP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from console.compare.brokers import BrokerView
    from console.compare.cluster import ClusterView
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

    Samples = Iterable[tuple[Sequence[str], float | None]]
    """The values of the labels, and the value, which is left out where it is unknown."""

BROKER_METRICS = {
    "up": "Whether a planned broker answers.",
    "messages_in_per_second": "Messages received.",
    "messages_out_per_second": "Messages delivered to consumers.",
    "lag_bytes": "Bytes of its master's log that a slave has not copied yet.",
    "replicas_planned": "Replicas that should copy a master.",
    "replicas_connected": "Replicas that copy a master.",
    "disk_used_ratio": "Used share of the file system with its messages.",
    "boot_time_seconds": "Start time, in epoch seconds.",
}


class _Families(Collector):
    def __init__(self, *families: GaugeMetricFamily | CounterMetricFamily) -> None:
        self._families = families

    def collect(self) -> Sequence[GaugeMetricFamily | CounterMetricFamily]:
        """Return the families."""
        return self._families


def render_metrics(plan: Plan, view: ClusterView, requests: int) -> bytes:
    """Return the metrics in Prometheus text format."""
    sent = CounterMetricFamily(
        "rocketmq_console_requests", "Requests that the console sent to the cluster."
    )
    sent.add_metric([], requests)
    return generate_latest(
        _Families(
            *_cluster_metrics(plan, view), *_broker_metrics(view), *_consumer_metrics(view), sent
        )
    )


def _gauge(name: str, text: str, labels: Sequence[str], samples: Samples) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"rocketmq_{name}", text, labels=labels)
    for values, value in samples:
        if value is not None:
            family.add_metric(values, value)
    return family


def _cluster_metrics(plan: Plan, view: ClusterView) -> Iterator[GaugeMetricFamily]:
    states = [([name], float(view.state == name)) for name in STATES]
    yield _gauge("cluster_state", "1 for the state that the cluster is in.", ["state"], states)
    # Prometheus rejects duplicate series, and a broker may be misplaced at two addresses.
    counts = Counter(
        (one["kind"], one["severity"], _text(one["subject"])) for one in view.problems
    )
    text = "Differences between the cluster and its plan."
    yield _gauge("cluster_problems", text, ["kind", "severity", "subject"], counts.items())
    answers = [
        ([process.name, kind, process.host], float(bool(seen and seen.state == UP)))
        for kind, process, seen in other_processes(plan, view.observed)
    ]
    text = "Whether a process other than a broker answers."
    yield _gauge("process_up", text, ["process", "kind", "host"], answers)


def _broker_metrics(view: ClusterView) -> Iterator[GaugeMetricFamily]:
    rows = [
        ([one.name, one.group, one.planned.host], _broker_values(one, view.observed))
        for one in view.brokers
        if one.planned
    ]
    for name, text in BROKER_METRICS.items():
        samples = [(labels, values[name]) for labels, values in rows]
        yield _gauge(f"broker_{name}", text, ["broker", "group", "host"], samples)


def _broker_values(broker: BrokerView, observed: ObservedState) -> dict[str, float | None]:
    rate = observed.rates[broker.name].latest if broker.state == UP else None
    facts = broker.facts
    return {
        "up": float(broker.state == UP),
        "messages_in_per_second": rate.incoming if rate else None,
        "messages_out_per_second": rate.outgoing if rate else None,
        "lag_bytes": broker.lag_bytes,
        "replicas_planned": broker.replicas_planned,
        "replicas_connected": broker.replicas_connected,
        "disk_used_ratio": facts.disk_used if facts else None,
        "boot_time_seconds": facts.booted_at if facts else None,
    }


def _consumer_metrics(view: ClusterView) -> Iterator[GaugeMetricFamily]:
    groups = [([_text(one["name"])], one) for one in view.consumer_groups[:MAX_SHOWN]]
    text = "Messages that a consumer group has not consumed yet."
    lags = [(labels, one["lag"]) for labels, one in groups]
    yield _gauge("consumer_group_lag_messages", text, ["group"], lags)
    text = "Connected clients of a consumer group."
    clients = [(labels, one["clients"]) for labels, one in groups]
    yield _gauge("consumer_group_clients", text, ["group"], clients)


def _text(name: str) -> str:
    """Return a name with its lone surrogates replaced, which JSON can hold and UTF-8 cannot."""
    return name.encode(errors="replace").decode()
