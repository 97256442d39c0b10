"""Which broker properties may be set, and to which values; RocketMQ itself ignores mistakes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from blueprint.rocketmq.versions import parse_version

_FOLDER = Path(__file__).parent / "property_types"

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
"""Keys that the plan sets, and the settings that they follow from."""

WITHOUT_EFFECT = {"aclEnable": "leave it out, RocketMQ 5 ignores it"}

SECRET = frozenset({"initAuthenticationUser", "innerClientAuthenticationCredentials"})
"""Refused, and never shown in a message: properties are in clear in the state."""

NOT_SUPPORTED = SECRET | {"authenticationEnabled", "authorizationEnabled"}
"""The checks do not sign their requests yet, so such a cluster would fail them."""

REFUSED = DECIDED.keys() | NOT_SUPPORTED | WITHOUT_EFFECT.keys()

CLIENT_TIMEOUT_MS = 3000
"""Clients give up a send after this time, before a slower `slaveTimeout` could tell them why."""

LONGEST_INTEGER = len(str(-(2**63)))


class Form(Enum):
    """How a value is written, as a regular expression."""

    INTEGER = r"^-?[0-9]+$"
    NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
    TEXT = r"^([!-\[\]-~]([ -\[\]-~]*[!-\[\]-~])?)?$"
    """ASCII without control characters, backslashes and outer blanks: Java reads it unchanged."""

    def matches(self, value: str) -> bool:
        """Return whether the value has this form."""
        return re.fullmatch(self.value, value) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The values that one property accepts."""

    form: Form = Form.TEXT
    choices: tuple[str | int | bool, ...] = ()
    """All of them, where there are few; `form` then does not matter."""
    least: int | None = None
    most: int | None = None
    why: str = ""
    """What the choices mean, or the reason for the limits."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the choices as a properties file spells them."""
        return tuple(map(as_text, self.choices))

    def is_in_range(self, value: str) -> bool:
        """Return whether a value of the rule's form is within the limits."""
        if self.least is None or self.most is None:
            return True
        return len(value) <= LONGEST_INTEGER and self.least <= int(value) <= self.most


_OF_JAVA_TYPE = {
    "boolean": Rule(choices=(True, False)),
    "int": Rule(form=Form.INTEGER, least=-(2**31), most=2**31 - 1, why="RocketMQ's 32 bits"),
    "long": Rule(form=Form.INTEGER, least=-(2**63), most=2**63 - 1, why="RocketMQ's 64 bits"),
    "float": Rule(form=Form.NUMBER),
    "double": Rule(form=Form.NUMBER),
}
_OF_NAME = {
    "flushDiskType": Rule(choices=("ASYNC_FLUSH", "SYNC_FLUSH")),
    "brokerPermission": Rule(choices=(4, 6), why="4 is read only, 6 is read and write"),
    "slaveTimeout": Rule(
        form=Form.INTEGER,
        least=1,
        most=CLIENT_TIMEOUT_MS - 1,
        why=(
            f"ms; clients give up after {CLIENT_TIMEOUT_MS}, and would see a timeout instead of "
            "FLUSH_SLAVE_TIMEOUT"
        ),
    ),
}
"""Stricter than the Java type."""


@cache
def listed_versions() -> tuple[str, ...]:
    """Return the versions whose properties are listed, oldest first."""
    return tuple(sorted((path.stem for path in _FOLDER.glob("*.json")), key=parse_version))


def nearest_listed(version: str) -> str:
    """Return the newest listed version that is not newer than this one, or else the oldest."""
    older = [one for one in listed_versions() if parse_version(one) <= parse_version(version)]
    return older[-1] if older else listed_versions()[0]


@cache
def property_types(listed: str) -> Mapping[str, str]:
    """Return the Java type of each property that a broker of a listed version knows."""
    types: dict[str, str] = json.loads((_FOLDER / f"{listed}.json").read_text("utf-8"))
    return types


def rule_of(name: str, java_type: str) -> Rule:
    """Return the values that a property of a Java type accepts."""
    return _OF_NAME.get(name) or _OF_JAVA_TYPE.get(java_type, Rule())


def as_text(value: object) -> str:
    """Return a value as a properties file spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
