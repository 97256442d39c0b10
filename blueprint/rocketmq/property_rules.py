"""Which broker properties a person may set, and to what; RocketMQ itself ignores every mistake."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "property_types"

TABLE_VERSION = "5.3.3"

ENUMS = {
    "brokerRole": ("SYNC_MASTER", "ASYNC_MASTER", "SLAVE"),
    "flushDiskType": ("ASYNC_FLUSH", "SYNC_FLUSH"),
}

DECIDED = {
    "brokerClusterName": "cluster.name",
    "brokerName": "cluster.brokerGroups",
    "brokerId": "cluster.brokerGroups",
    "brokerRole": "cluster.scheme",
    "listenPort": "cluster.ports",
    "haListenPort": "cluster.ports",
    "storePathRootDir": "the layout on a host",
    "storePathCommitLog": "the layout on a host",
    "namesrvAddr": "cluster.hosts and cluster.nameServers",
    "brokerIP1": "cluster.hosts",
    "brokerIP2": "cluster.hosts",
    "totalReplicas": "cluster.scheme",
    "inSyncReplicas": "cluster.scheme",
    "startAcceptSendRequestTimeStamp": "the guard of each master",
    "rocketmqHome": "cluster.version",
    "bindAddress": "cluster.hosts",
    "haMasterAddress": "cluster.brokerGroups",
    "duplicationEnable": "cluster.scheme",
    "enableDLegerCommitLog": "cluster.scheme",
    "dLegerGroup": "cluster.scheme",
    "dLegerPeers": "cluster.scheme",
    "dLegerSelfId": "cluster.scheme",
    "enableControllerMode": "cluster.scheme",
    "controllerAddr": "cluster.scheme",
    "recheckReputOffsetFromCq": "cluster.scheme",
    "allAckInSyncStateSet": "cluster.scheme",
    "enableSlaveActingMaster": "cluster.scheme and cluster.replication",
    "enableAutoInSyncReplicas": "cluster.scheme and cluster.replication",
    "minInSyncReplicas": "cluster.scheme and cluster.replication",
    "metricsExporterType": "cluster.metrics",
    "metricsPromExporterHost": "cluster.metrics",
    "metricsPromExporterPort": "cluster.metrics",
    "metricsLabel": "cluster.metrics",
}
"""Keys that the plan sets, and what decides each."""

WITHOUT_EFFECT = {"aclEnable": "leave it out, RocketMQ 5 ignores it without a word"}

SECRET = frozenset({"initAuthenticationUser", "innerClientAuthenticationCredentials"})
"""Never shown in a problem, and not accepted: properties are plain text in the state."""

NOT_SUPPORTED = SECRET | {"authenticationEnabled", "authorizationEnabled"}
"""The checks sign no request yet, and would take such a cluster for a broken one."""

CLIENT_TIMEOUT_MS = 3000
"""Clients give up a send after this time, before a slower `slaveTimeout` could tell them why."""

INTEGER_BITS = {"int": 32, "long": 64}


@cache
def property_types() -> Mapping[str, str]:
    """Return the Java type of each key that a broker understands."""
    types: dict[str, str] = json.loads((TABLES / f"{TABLE_VERSION}.json").read_text("utf-8"))
    return types
