"""The plan file, which the checks on a host read."""

import json

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import BrokerSpec, ControllerSpec, Process, ProxySpec


def render_plan(cluster: ClusterSpec) -> str:
    """Return the JSON that `remoting.plan` parses: each process with its host and address."""
    return json.dumps(_document(cluster), indent=2) + "\n"


def render_slice(cluster: ClusterSpec, process: Process) -> str:
    """Return what the roll-out's step of a process reads of the plan, as JSON."""
    plan = _document(cluster)
    read: dict[str, object] = {"cluster": cluster.name, "election": cluster.election.value}
    if isinstance(process, BrokerSpec):
        group = [_broker(cluster, broker) for broker in cluster.group_of(process)]
        read |= {"nameServers": plan["nameServers"], "brokers": group}
    if isinstance(process, BrokerSpec | ControllerSpec):
        read["controllers"] = plan["controllers"]
    read["process"] = _proxy(process) if isinstance(process, ProxySpec) else _process(process)
    return json.dumps(read)


def _document(cluster: ClusterSpec) -> dict[str, object]:
    return {
        "cluster": cluster.name,
        "election": cluster.election.value,
        "hosts": [host.name for host in cluster.hosts],
        "nameServers": [_process(server) for server in cluster.name_servers],
        "controllers": [_process(controller) for controller in cluster.controllers],
        "brokers": [_broker(cluster, broker) for broker in cluster.brokers],
        "proxies": [_proxy(proxy) for proxy in cluster.proxies],
        "metrics": [
            {"name": p.name, "host": p.host.name, "address": p.metrics_address}
            for p in cluster.processes
            if p.metrics_address
        ],
    }


def _process(process: Process) -> dict[str, object]:
    return {
        "name": process.name,
        "host": process.host.name,
        "address": process.address,
        "unit": process.paths.unit,
        "log": str(process.paths.log),
    }


def _broker(cluster: ClusterSpec, broker: BrokerSpec) -> dict[str, object]:
    return {
        **_process(broker),
        "group": broker.group,
        "id": broker.broker_id,
        "role": broker.role,
        "permission": broker.permission,
        "configFile": str(broker.paths.conf_file),
        "guardState": str(broker.paths.guard_state) if cluster.is_guarded(broker) else None,
        "slaveRequired": cluster.slave_required,
    }


def _proxy(proxy: ProxySpec) -> dict[str, object]:
    return {**_process(proxy), "remotingAddress": proxy.remoting_address}
