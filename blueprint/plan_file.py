"""The plan as the checks on a host read it."""

import json

from blueprint.topology import BrokerSpec, ClusterSpec, NameServerSpec


def render_plan(cluster: ClusterSpec) -> str:
    """Return the JSON that `remoting.plan` parses: who should run where, at which address."""
    plan = {
        "cluster": cluster.name,
        "hosts": [host.name for host in cluster.hosts],
        "nameServers": [_name_server(server) for server in cluster.name_servers],
        "brokers": [_broker(cluster, broker) for broker in cluster.brokers],
    }
    return json.dumps(plan, indent=2) + "\n"


def _name_server(server: NameServerSpec) -> dict[str, object]:
    return {
        "name": server.name,
        "host": server.host.name,
        "address": server.address,
        "unit": server.paths.unit,
        "log": str(server.paths.log),
    }


def _broker(cluster: ClusterSpec, broker: BrokerSpec) -> dict[str, object]:
    return {
        "name": broker.name,
        "host": broker.host.name,
        "group": broker.group,
        "id": broker.broker_id,
        "role": broker.role.value,
        "address": broker.address,
        "permission": broker.permission,
        "config": {
            "brokerRole": broker.role.value,
            "inSyncReplicas": str(cluster.traits.in_sync_replicas),
        },
        "unit": broker.paths.unit,
        "log": str(broker.paths.log),
        "guardState": str(broker.paths.guard_state) if broker.is_master else None,
    }
