"""The effective properties of each broker: the plan's decisions, overrides, then defaults."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import BrokerSpec
from blueprint.rocketmq.schemes import BrokerRole, Election, Replication, Scheme
from blueprint.settings.cluster import BrokerOverrides, ClusterSettings

Properties = Mapping[str, str]

DEFAULTS: Properties = {
    "deleteWhen": "04",
    "fileReservedTime": "48",
    "flushDiskType": "ASYNC_FLUSH",
    "slaveTimeout": "2000",
}
"""A `slaveTimeout` below the 3 s after which a client gives up lets the master answer in time."""


def with_properties(cluster: ClusterSpec, settings: ClusterSettings) -> ClusterSpec:
    """Return the cluster, each broker of it with its effective properties."""
    return replace(cluster, brokers=tuple(_brokers_with_properties(cluster, settings)))


def _brokers_with_properties(
    cluster: ClusterSpec, settings: ClusterSettings
) -> Iterator[BrokerSpec]:
    of_group = {group.name: group.properties for group in settings.broker_groups}
    for broker in cluster.brokers:
        of_broker = settings.brokers.get(broker.name, BrokerOverrides()).properties
        overrides = {**settings.broker_properties, **of_group[broker.group], **of_broker}
        properties = {
            **DEFAULTS,
            **_thread_pools(cluster),
            **_send_queue(broker),
            **_controller_defaults(cluster),
            **dict(sorted(overrides.items())),
            **_identity(cluster, broker),
            **_storage(cluster, broker),
            **_addresses(cluster, broker),
            **_replication(cluster, broker),
            **_metrics(broker),
        }
        if cluster.election is Election.DLEDGER:
            # RocketMQ reads it only where a slave replicates by the HA port.
            del properties["slaveTimeout"]
        yield replace(broker, properties=properties)


def _thread_pools(cluster: ClusterSpec) -> Properties:
    """Bound the threads that serve a proxy's pops, each of which keeps 4 MiB of direct memory.

    RocketMQ's own default grows with the number of cores, whatever the memory.
    """
    if not cluster.proxies:
        return {}
    return {"ackMessageThreadPoolNums": "8", "pullMessageThreadPoolNums": "16"}


def _send_queue(broker: BrokerSpec) -> Properties:
    """Let a send wait longer for a thread on an emulated host.

    By default RocketMQ answers SYSTEM_BUSY after 200 ms.
    """
    return {"waitTimeMillsInSendQueue": "2000"} if broker.host.emulated else {}


def _controller_defaults(cluster: ClusterSpec) -> Properties:
    """Let a replica learn of its new master as soon as RocketMQ permits, within 10 s."""
    if cluster.election is Election.CONTROLLER:
        return {"registerNameServerPeriod": "10000"}
    return {}


def _identity(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    named = {"brokerClusterName": cluster.name, "brokerName": broker.group}
    if cluster.election is Election.DLEDGER:
        return named
    if cluster.election is Election.CONTROLLER:
        # The state it boots in: the controllers assign its id and elect the group's master.
        return {**named, "brokerId": "-1", "brokerRole": BrokerRole.SLAVE.value}
    return {
        **named,
        "brokerId": str(broker.broker_id),
        "brokerRole": broker.broker_role.value,
    }


def _storage(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    root = {
        "listenPort": str(broker.broker_ports.listen),
        "storePathRootDir": str(broker.paths.store),
    }
    if cluster.election is Election.DLEDGER:
        # DLedger keeps its log in a folder of its own below the root.
        return root
    return {**root, "storePathCommitLog": str(broker.paths.commit_log)}


def _addresses(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    addresses = {
        "namesrvAddr": cluster.name_server_list,
        "brokerIP1": broker.host.address,
        "brokerIP2": broker.host.address,
    }
    if cluster.election is Election.DLEDGER:
        return addresses
    return {**addresses, "haListenPort": str(broker.broker_ports.ha)}


def _replication(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    if cluster.election is Election.DLEDGER:
        peers = (
            f"{other.self_id}-{other.host.address}:{other.broker_ports.dledger}"
            for other in cluster.group_of(broker)
        )
        return {
            "enableDLegerCommitLog": "true",
            "dLegerGroup": broker.group,
            "dLegerPeers": ";".join(peers),
            "dLegerSelfId": broker.self_id,
            # Without it 5.3.3 permanently truncates too much of a killed replica's index.
            "recheckReputOffsetFromCq": "true",
        }
    if cluster.election is Election.CONTROLLER:
        return {
            "enableControllerMode": "true",
            "controllerAddr": cluster.controller_list,
            # By default RocketMQ answers before any other replica has the message.
            "allAckInSyncStateSet": "true",
            # One of two replicas must be able to go on alone; three never go on with one copy.
            "minInSyncReplicas": str(cluster.replicas - 1),
        }
    copies = {
        "totalReplicas": str(cluster.replicas),
        "inSyncReplicas": str(cluster.in_sync_replicas),
    }
    if cluster.scheme is Scheme.SYNC and cluster.replication is Replication.DEGRADE:
        return {
            **copies,
            "minInSyncReplicas": "1",
            "enableSlaveActingMaster": "true",
            "enableAutoInSyncReplicas": "true",
        }
    return copies


def _metrics(broker: BrokerSpec) -> Properties:
    if broker.metrics_port is None:
        return {}
    return {
        "metricsExporterType": "PROM",
        "metricsPromExporterHost": broker.host.address,
        "metricsPromExporterPort": str(broker.metrics_port),
        # RocketMQ's own label node_id is the same for master and slave.
        "metricsLabel": f"instance_id:{broker.name}",
    }
