"""The whole plan as JSON for programs; docs/plan.md documents its shape."""

import json
from collections.abc import Mapping
from typing import Any

from blueprint.overview.stages import plan_stages
from blueprint.overview.text import processes_mib
from blueprint.overview.warnings import plan_warnings
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.processes import BrokerSpec, Process
from blueprint.rocketmq.schemes import REPLICATION_PROMISES, Scheme


def render_plan_json(cluster: ClusterSpec) -> str:
    """Return the plan as JSON, ending with a line break."""
    return json.dumps(plan_document(cluster), indent=2, ensure_ascii=False) + "\n"


def plan_document(cluster: ClusterSpec) -> dict[str, Any]:
    """Return the plan as plain data with camel-case keys."""
    return {
        "cluster": cluster.name,
        "scheme": cluster.scheme.value,
        "promise": cluster.traits.promise,
        **_replication(cluster),
        "replicas": cluster.replicas,
        "version": cluster.version,
        "warnings": list(plan_warnings(cluster)),
        "nameServerAddresses": [server.address for server in cluster.name_servers],
        "hosts": [_host(cluster, host) for host in cluster.hosts],
        "processes": [_process(process) for process in cluster.services],
        "startOrder": [
            {
                "stage": number,
                "what": stage.what,
                "pace": stage.pace.value,
                "names": list(stage.names),
                "overWhen": stage.over_when,
            }
            for number, stage in enumerate(plan_stages(cluster), start=1)
        ],
    }


def _replication(cluster: ClusterSpec) -> Mapping[str, str]:
    if cluster.scheme is not Scheme.SYNC:
        return {}
    mode = cluster.replication
    return {"replication": mode.value, "replicationPromise": REPLICATION_PROMISES[mode]}


def _host(cluster: ClusterSpec, host: HostSpec) -> dict[str, Any]:
    taken = processes_mib(cluster, host)
    return {
        "name": host.name,
        "address": host.address,
        "memoryMib": host.memory_mib,
        "processesMib": taken,
        "pageCacheMib": host.memory_mib - taken,
    }


def _process(process: Process) -> dict[str, Any]:
    paths = process.paths
    broker: dict[str, Any] = {}
    if isinstance(process, BrokerSpec):
        broker = {
            "group": process.group,
            "brokerId": process.broker_id,
            "uncheckedProperties": process.unchecked_properties,
        }
    return {
        "name": process.name,
        "kind": process.kind.value,
        "role": process.role,
        **broker,
        "host": process.host.name,
        "address": process.address,
        "ports": dict(process.named_ports),
        "memoryMib": {
            "heap": process.memory.heap_mib,
            "direct": process.memory.direct_mib,
            "total": process.memory.total_mib,
        },
        "files": {
            "configuration": str(paths.conf_file),
            "unit": str(paths.unit_file),
            "store": None if paths.store is None else str(paths.store),
            "log": None if paths.log is None else str(paths.log),
        },
    }
