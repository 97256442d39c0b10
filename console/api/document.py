"""The answer to `GET /api/cluster`, whose keys `console.api.types` describes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from console.compare.brokers import listings_in
from console.compare.inventory import MAX_SHOWN
from console.observe.state import UNOBSERVED, UP
from console.observe.threads import step_at

if TYPE_CHECKING:
    from console.api import types
    from console.compare.brokers import BrokerView, OtherProcess
    from console.compare.cluster import ClusterView
    from console.configuration import Configuration
    from console.observe.state import Observation, ObservedState
    from remoting.plan.plan import Plan
    from remoting.verification.report import ProcessReport, VerificationReport


def cluster_document(plan: Plan, configuration: Configuration, view: ClusterView) -> types.Cluster:
    """Return the view as plain data; times are in UTC."""
    observed, at = view.observed, view.at
    return {
        "cluster": {
            "name": plan.cluster,
            "scheme": configuration.scheme,
            "version": configuration.version,
            "election": plan.election,
        },
        "state": view.state,
        "servedAt": _time(at),
        "observedAt": _time(view.observed_at) if view.observed_at else None,
        "problems": list(view.problems),
        "nameServers": _name_servers(plan, observed),
        "controllers": _controllers(plan, observed),
        "proxies": [_process(one, observed.proxies.get(one.name)) for one in plan.proxies],
        "brokers": [_broker(broker, observed, at) for broker in view.brokers],
        "history": _history(plan, configuration, observed, at),
        "topics": list(view.topics[:MAX_SHOWN]),
        "topicsLeftOut": max(0, len(view.topics) - MAX_SHOWN),
        "consumerGroups": list(view.consumer_groups[:MAX_SHOWN]),
        "consumerGroupsLeftOut": max(0, len(view.consumer_groups) - MAX_SHOWN),
        "verification": [_report(report) for report in view.verification],
    }


def _time(at: float) -> str:
    moment = datetime.fromtimestamp(at, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _process(process: OtherProcess, observation: Observation[Any] | None) -> types.Proxy:
    return {
        "name": process.name,
        "host": process.host,
        "address": process.address,
        "state": observation.state if observation else UNOBSERVED,
        "cause": observation.cause if observation else None,
    }


def _name_servers(plan: Plan, observed: ObservedState) -> list[types.NameServer]:
    planned = {broker.address for broker in plan.brokers}
    listings = listings_in(observed)
    found: list[types.NameServer] = []
    for server in plan.name_servers:
        table = listings.get(server.name)
        addresses = {a for one in table.values() for a in one.addresses.values()} if table else ()
        listed = None if table is None else len(planned.intersection(addresses))
        process = _process(server, observed.name_servers.get(server.name))
        found.append({**process, "listed": listed, "planned": len(planned)})
    return found


def _controllers(plan: Plan, observed: ObservedState) -> list[types.Controller]:
    found: list[types.Controller] = []
    for controller in plan.controllers:
        observation = observed.controllers.get(controller.name)
        leader = observation.facts if observation else None
        leads = None if leader is None else leader == controller.address
        found.append({**_process(controller, observation), "leader": leads})
    return found


def _broker(view: BrokerView, observed: ObservedState, at: float) -> types.Broker:
    facts, planned = view.facts, view.planned
    rate = observed.rates[view.name].latest if planned and view.state == UP else None
    return {
        "name": view.name,
        "group": view.group,
        "host": planned.host if planned else None,
        "address": view.address,
        "planned": planned is not None,
        "plannedRole": planned.role if planned else None,
        "role": view.role,
        "id": view.broker_id,
        "state": view.state,
        "cause": view.observation.cause if view.observation else None,
        "version": facts.version if facts else None,
        "startedAt": _time(facts.booted_at) if facts and facts.booted_at else None,
        "uptimeSeconds": max(0, round(at - facts.booted_at)) if facts else None,
        "inPerSecond": round(rate.incoming, 1) if rate else None,
        "outPerSecond": round(rate.outgoing, 1) if rate else None,
        "replicasPlanned": view.replicas_planned,
        "replicasConnected": view.replicas_connected,
        "lagBytes": view.lag_bytes,
        "diskUsed": facts.disk_used if facts else None,
        "isDrained": view.drained_at(at) if facts else None,
        "listedBy": list(view.listed_by),
    }


def _history(
    plan: Plan, configuration: Configuration, observed: ObservedState, at: float
) -> types.History:
    # The last complete step; polls of the current one are still under way.
    step = step_at(at, configuration.every_seconds) - 1
    brokers: dict[str, types.Rates] = {}
    for broker in plan.brokers:
        points = observed.rates[broker.name].window(step)
        brokers[broker.name] = {
            "in": [None if point is None else round(point.incoming, 1) for point in points],
            "out": [None if point is None else round(point.outgoing, 1) for point in points],
        }
    return {"stepSeconds": configuration.every_seconds, "brokers": brokers}


def _report(report: VerificationReport) -> types.Report:
    return {
        "host": report.host,
        "isOk": report.ok,
        "at": report.at,
        "seconds": report.seconds,
        "processes": [_checked_process(process) for process in report.processes],
    }


def _checked_process(process: ProcessReport) -> types.CheckedProcess:
    return {
        "process": process.process,
        "role": process.role,
        "address": process.address,
        "checks": [
            {
                "check": one.check,
                "isOk": one.ok,
                "detail": one.detail,
                "milliseconds": one.ms,
            }
            for one in process.checks
        ],
    }
