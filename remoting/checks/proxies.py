"""Check that a proxy serves: it knows a route, and its gRPC port speaks HTTP/2."""

from __future__ import annotations

import socket
import uuid
from functools import partial
from typing import TYPE_CHECKING

from remoting.checks.steps import Occasion, Step
from remoting.checks.systemd import unit_step
from remoting.errors import NotYetError, RefusedError, UnreachableError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection, split_address
from remoting.protocol.http import get
from remoting.requests.admin import route_permissions

if TYPE_CHECKING:
    from remoting.plan.plan import Plan, PlannedMetrics, PlannedProxy

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_EMPTY_SETTINGS = b"\0\0\0\4\0\0\0\0\0"

_FRAME_HEADER_BYTES, _TYPE_POSITION, _SETTINGS = 9, 3, 4


def check_proxy_ready(proxy: PlannedProxy, cluster: str, deadline: Deadline) -> str:
    """Wait until a proxy serves; return how many broker groups it routes to.

    Every broker has a topic with the cluster's own name.
    """
    check = Check("proxy-ready", proxy.address, f"{proxy.log or 'proxy.log'} and its unit")

    def attempt(seconds: float) -> str:
        with Connection(proxy.remoting_address, seconds) as connection:
            routed = route_permissions(connection, cluster)
            if not routed:
                cause = f"{proxy.remoting_address} knows no route to cluster {cluster}"
                raise NotYetError(cause)
            _require_name_server(connection)
        _require_http2(proxy.address, seconds)
        return f"routes to {len(routed)} groups"

    return poll(attempt, check, deadline)


def _require_name_server(connection: Connection) -> None:
    # A proxy keeps its routes when its name servers die; only an unknown topic shows it.
    try:
        route_permissions(connection, f"no-such-topic-{uuid.uuid4().hex}")
    except RefusedError as error:
        cause = f"it reaches no name server, and only has the routes it had: {error}"
        raise NotYetError(cause) from error


def _require_http2(address: str, timeout_seconds: float) -> None:
    try:
        with socket.create_connection(split_address(address), timeout_seconds) as connection:
            connection.sendall(_PREFACE + _EMPTY_SETTINGS)
            with connection.makefile("rb") as stream:
                received = stream.read(_FRAME_HEADER_BYTES)
    except OSError as error:
        raise UnreachableError(address, str(error)) from error
    if len(received) < _FRAME_HEADER_BYTES or received[_TYPE_POSITION] != _SETTINGS:
        cause = f"{address} does not speak HTTP/2, as gRPC does"
        raise NotYetError(cause)


def check_metrics(metrics: PlannedMetrics, deadline: Deadline) -> str:
    """Wait until a process serves its own metrics; return the number of lines.

    Every process is configured to label them with its name. Brokers and proxies begin each
    name with `rocketmq_`, controllers do not.
    """
    check = Check("metrics", metrics.address, f"the logs of {metrics.name}")
    label = f'instance_id="{metrics.name}"'

    def attempt(seconds: float) -> str:
        _, body = get(metrics.address, "/metrics", seconds)
        count = sum(label.encode() in line for line in body.splitlines())
        if not count:
            cause = f"http://{metrics.address}/metrics has no metric with {label}"
            raise NotYetError(cause)
        return f"{count} lines"

    return poll(attempt, check, deadline)


def proxy_steps(plan: Plan, proxy: PlannedProxy) -> list[Step]:
    """Return the checks of a proxy."""
    return [unit_step(proxy.unit), Step("ready", partial(check_proxy_ready, proxy, plan.cluster))]


def metrics_step(metrics: PlannedMetrics) -> Step:
    """Return the check that a process serves its metrics."""
    return Step("metrics", partial(check_metrics, metrics), Occasion.VERIFICATION)
