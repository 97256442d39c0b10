"""The properties of one broker: what the plan decides, and what a person added."""

from collections.abc import Mapping

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import BrokerSpec
from blueprint.rocketmq.schemes import BrokerRole, Election, Replication, Scheme

Properties = Mapping[str, str]

DEFAULTS: Properties = {
    "deleteWhen": "04",
    "fileReservedTime": "48",
    "flushDiskType": "ASYNC_FLUSH",
    "slaveTimeout": "2000",
}
"""The layout's values, and a `slaveTimeout` that answers before a client's 3 s are over."""


def plan_broker_properties(cluster: ClusterSpec, broker: BrokerSpec) -> tuple[Properties, ...]:
    """Return what the broker's properties file holds, in the paragraphs in which it shows it."""
    said = {**DEFAULTS, **_popped(cluster), **_slow(broker), **broker.said_properties}
    shown = {"deleteWhen": said["deleteWhen"], "fileReservedTime": said["fileReservedTime"]}
    paragraphs: tuple[Properties, ...] = (
        {**_identity(cluster, broker, shown), "flushDiskType": said["flushDiskType"]},
        _places(cluster, broker),
        _addresses(cluster, broker),
        {**_replication(cluster, broker), **_patience(cluster, said)},
        _metrics(broker),
        {name: value for name, value in said.items() if name not in DEFAULTS},
    )
    return tuple(part for part in paragraphs if part)


def _popped(cluster: ClusterSpec) -> Properties:
    """Return what bounds the threads that serve a proxy's pops: each keeps 4 MiB for good.

    RocketMQ starts more of them on hosts with more cores, whatever memory there is.
    """
    if not cluster.proxies:
        return {}
    return {"ackMessageThreadPoolNums": "8", "pullMessageThreadPoolNums": "16"}


def _slow(broker: BrokerSpec) -> Properties:
    """Return what an emulated broker needs, so that it does not refuse sends as too busy.

    RocketMQ answers SYSTEM_BUSY to a send that has waited 200 ms for a thread.
    """
    return {"waitTimeMillsInSendQueue": "2000"} if broker.host.emulated else {}


def _identity(cluster: ClusterSpec, broker: BrokerSpec, retention: Properties) -> Properties:
    named = {"brokerClusterName": cluster.name, "brokerName": broker.group}
    if cluster.election is Election.DLEDGER:
        return {**named, **retention}
    if cluster.election is Election.CONTROLLER:
        # What it boots as; the controllers give it a number, and make one of a group the master.
        return {**named, "brokerId": "-1", **retention, "brokerRole": BrokerRole.SLAVE.value}
    return {
        **named,
        "brokerId": str(broker.broker_id),
        **retention,
        "brokerRole": broker.broker_role.value,
    }


def _places(cluster: ClusterSpec, broker: BrokerSpec) -> Properties:
    root = {
        "listenPort": str(broker.broker_ports.listen),
        "storePathRootDir": str(broker.paths.store),
    }
    if cluster.election is Election.DLEDGER:
        # Its log has a folder of its own below the root.
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
            # Without it 5.3.3 cuts the index of a killed replica too far back, and for good.
            "recheckReputOffsetFromCq": "true",
        }
    if cluster.election is Election.CONTROLLER:
        return {
            "enableControllerMode": "true",
            "controllerAddr": cluster.controller_list,
            # RocketMQ's default is to answer before any other replica has the message.
            "allAckInSyncStateSet": "true",
            # Of two replicas one must be able to go on alone; of three, never with one copy.
            "minInSyncReplicas": str(cluster.replicas - 1),
            # By which a replica learns where its new master is; the least that RocketMQ takes.
            "registerNameServerPeriod": "10000",
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


def _patience(cluster: ClusterSpec, said: Properties) -> Properties:
    if cluster.election is Election.DLEDGER:
        return {}
    return {"slaveTimeout": said["slaveTimeout"]}


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
