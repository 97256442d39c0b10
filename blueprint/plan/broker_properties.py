"""The effective properties of each broker: the plan's decisions, overrides, then defaults."""

from collections.abc import Mapping
from dataclasses import replace

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import BrokerSpec
from blueprint.rocketmq.schemes import BrokerRole, Election, Replication, Scheme
from blueprint.settings.cluster import BrokerOverrides, ClusterSettings

Properties = Mapping[str, str]


def with_properties(cluster: ClusterSpec, settings: ClusterSettings) -> ClusterSpec:
    """Return the cluster, each broker of it with its effective properties."""
    brokers = (_with_properties(cluster, settings, broker) for broker in cluster.brokers)
    return replace(cluster, brokers=tuple(brokers))


def _with_properties(
    cluster: ClusterSpec, settings: ClusterSettings, broker: BrokerSpec
) -> BrokerSpec:
    group = next(group for group in settings.broker_groups if group.name == broker.group)
    own = settings.brokers.get(broker.name, BrokerOverrides())
    overrides = {**settings.broker_properties, **group.properties, **own.properties}
    unchecked = {
        **settings.unchecked_properties,
        **group.unchecked_properties,
        **own.unchecked_properties,
    }
    properties = {
        **_effective(cluster, broker, dict(sorted(overrides.items()))),
        **dict(sorted(unchecked.items())),
    }
    return replace(broker, properties=properties, unchecked=frozenset(unchecked))


def _effective(cluster: ClusterSpec, broker: BrokerSpec, overrides: Properties) -> Properties:
    properties = {
        **_defaults(cluster, broker),
        **overrides,
        **_decided(cluster, broker),
        **_metrics(broker),
    }
    if cluster.election is Election.DLEDGER:
        # RocketMQ reads it only where a slave replicates by the HA port.
        del properties["slaveTimeout"]
    return properties


def _defaults(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    defaults = {
        "deleteWhen": "04",
        "fileReservedTime": "48",
        "flushDiskType": "ASYNC_FLUSH",
        # Less than the 3 s after which a client gives up, so that the master answers in time.
        "slaveTimeout": "2000",
    }
    if cluster.proxies:
        # The threads that serve a proxy's pops keep 4 MiB of direct memory each; RocketMQ's own
        # default grows with the number of cores, whatever the memory.
        defaults |= {"ackMessageThreadPoolNums": "8", "pullMessageThreadPoolNums": "16"}
    if broker.host.emulated:
        # By default a send that waits 200 ms for a thread is answered with SYSTEM_BUSY.
        defaults["waitTimeMillsInSendQueue"] = "2000"
    if cluster.election is Election.CONTROLLER:
        # A replica learns of its new master as soon as RocketMQ permits, within 10 s.
        defaults["registerNameServerPeriod"] = "10000"
    return defaults


def _decided(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    common = {
        "brokerClusterName": cluster.name,
        "brokerName": broker.group,
        "listenPort": str(broker.port),
        "storePathRootDir": str(broker.paths.store),
        "namesrvAddr": cluster.name_server_list,
        "brokerIP1": broker.host.address,
        "brokerIP2": broker.host.address,
    }
    if cluster.election is Election.DLEDGER:
        # It keeps its log in a folder of its own below the root, and has no HA port.
        return {**common, **_dledger(cluster, broker)}
    replication = _controlled if cluster.election is Election.CONTROLLER else _fixed
    return {
        **common,
        "storePathCommitLog": str(broker.paths.commit_log),
        "haListenPort": str(broker.own_ports["ha"]),
        **replication(cluster, broker),
    }


def _dledger(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    peers = (
        f"{other.self_id}-{other.host.address}:{other.dledger_port}"
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


def _controlled(cluster: ClusterSpec, _broker: BrokerSpec) -> Properties:
    return {
        # The state it boots in: the controllers assign its id and elect the group's master.
        "brokerId": "-1",
        "brokerRole": BrokerRole.SLAVE.value,
        "enableControllerMode": "true",
        "controllerAddr": cluster.controller_list,
        # By default RocketMQ answers before any other replica has the message.
        "allAckInSyncStateSet": "true",
        # One of two replicas must be able to go on alone; three never go on with one copy.
        "minInSyncReplicas": str(cluster.replicas - 1),
    }


def _fixed(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    properties = {
        "brokerId": str(broker.broker_id),
        "brokerRole": broker.broker_role.value,
        "totalReplicas": str(cluster.replicas),
        # How many copies, including the master's, a message needs before SEND_OK.
        "inSyncReplicas": str(cluster.replicas if cluster.scheme is Scheme.SYNC else 1),
    }
    if cluster.scheme is Scheme.SYNC and cluster.replication is Replication.DEGRADE:
        properties |= {
            "minInSyncReplicas": "1",
            "enableSlaveActingMaster": "true",
            "enableAutoInSyncReplicas": "true",
        }
    return properties


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
