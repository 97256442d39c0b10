"""Which broker properties a person may set, and to what; RocketMQ itself ignores every mistake."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from blueprint.suggestions import suggest

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
FLOATING = re.compile(r"-?\d+(\.\d+)?")


@cache
def property_types() -> Mapping[str, str]:
    """Return the Java type of each key that a broker understands."""
    types: dict[str, str] = json.loads((TABLES / f"{TABLE_VERSION}.json").read_text("utf-8"))
    return types


def find_property_problems(place: str, properties: Mapping[str, str]) -> Iterator[str]:
    """Iterate over what is wrong with the properties at a place of the settings, one line each."""
    for name, value in properties.items():
        key = f"{place}.{name}"
        java_type = property_types().get(name)
        if name in DECIDED:
            yield (
                f"{key}: {value!r} cannot be set here; leave it out, it follows from "
                f"{DECIDED[name]}"
            )
        elif name in NOT_SUPPORTED:
            shown = "its value" if name in SECRET else repr(value)
            yield f"{key}: {shown} cannot be set, logins are not supported yet; leave it out"
        elif name in WITHOUT_EFFECT:
            yield f"{key}: {value!r} has no effect; {WITHOUT_EFFECT[name]}"
        elif java_type is None:
            hint = suggest(name, property_types(), "see RocketMQ's broker configuration")
            yield f"{key}: {value!r} is for a key that no broker of {TABLE_VERSION} knows; {hint}"
        else:
            yield from _value_problems(key, name, value, java_type)


def _value_problems(key: str, name: str, value: str, java_type: str) -> Iterator[str]:
    if value != value.strip() or "\n" in value or "\r" in value:
        yield (
            f"{key}: {value!r} has blanks at its ends or line breaks, which RocketMQ misreads; "
            "take them out"
        )
    elif "\\" in value or not value.isascii():
        yield (
            f"{key}: {value!r} has a backslash or a letter beyond ASCII, which Java misreads; "
            "write it without"
        )
    elif name in ENUMS:
        if value not in ENUMS[name]:
            yield f"{key}: {value!r} is not possible; write one of {', '.join(ENUMS[name])}"
    elif java_type == "boolean" and value not in {"true", "false"}:
        yield f"{key}: {value!r} is neither true nor false; write one of them"
    elif java_type in INTEGER_BITS:
        yield from _integer_problems(key, name, value, INTEGER_BITS[java_type])
    elif java_type in {"double", "float"} and FLOATING.fullmatch(value) is None:
        yield f"{key}: {value!r} is not a number; write one, as 0.75"


def _integer_problems(key: str, name: str, value: str, bits: int) -> Iterator[str]:
    if re.fullmatch(r"-?\d+", value) is None:
        yield f"{key}: {value!r} is not a whole number; write one, as 48"
        return
    number = int(value)
    most = 2 ** (bits - 1) - 1
    if not -most - 1 <= number <= most:
        yield (
            f"{key}: {value!r} does not fit in the {bits} bits that RocketMQ gives it; "
            f"write {-most - 1} to {most}"
        )
    if name == "slaveTimeout" and not 0 < number < CLIENT_TIMEOUT_MS:
        yield (
            f"{key}: {value!r} must be 1 to {CLIENT_TIMEOUT_MS - 1} ms; clients wait "
            f"{CLIENT_TIMEOUT_MS} ms and would see a timeout in place of FLUSH_SLAVE_TIMEOUT"
        )
    if name == "brokerPermission" and number not in {4, 6}:
        yield f"{key}: {value!r} is neither 6 (read and write) nor 4 (read, drained); write one"
