"""The properties of one broker, grouped into the paragraphs of its file."""

from collections.abc import Mapping

from blueprint.plan.processes import BrokerSpec
from blueprint.rocketmq.schemes import Election

Properties = Mapping[str, str]

IDENTITY = (
    "brokerClusterName",
    "brokerName",
    "brokerId",
    "deleteWhen",
    "fileReservedTime",
    "brokerRole",
    "flushDiskType",
)
STORAGE = ("listenPort", "storePathRootDir", "storePathCommitLog")
ADDRESSES = ("namesrvAddr", "brokerIP1", "brokerIP2", "haListenPort")
REPLICATION = {
    Election.NONE: (
        "totalReplicas",
        "inSyncReplicas",
        "minInSyncReplicas",
        "enableSlaveActingMaster",
        "enableAutoInSyncReplicas",
        "slaveTimeout",
    ),
    Election.DLEDGER: (
        "enableDLegerCommitLog",
        "dLegerGroup",
        "dLegerPeers",
        "dLegerSelfId",
        "recheckReputOffsetFromCq",
    ),
    Election.CONTROLLER: (
        "enableControllerMode",
        "controllerAddr",
        "allAckInSyncStateSet",
        "minInSyncReplicas",
        "registerNameServerPeriod",
        "slaveTimeout",
    ),
}
METRICS = (
    "metricsExporterType",
    "metricsPromExporterHost",
    "metricsPromExporterPort",
    "metricsLabel",
)


def group_properties(broker: BrokerSpec, election: Election) -> tuple[Properties, ...]:
    """Return the broker's properties by paragraph: the named ones, others, unchecked ones."""
    properties = broker.properties
    named = (IDENTITY, STORAGE, ADDRESSES, REPLICATION[election], METRICS)
    unchecked = tuple(sorted(broker.unchecked))
    placed = {name for names in (*named, unchecked) for name in names}
    others = tuple(name for name in properties if name not in placed)
    paragraphs = (
        {name: properties[name] for name in names if name in properties}
        for names in (*named, others, unchecked)
    )
    return tuple(paragraph for paragraph in paragraphs if paragraph)
