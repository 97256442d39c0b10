"""What a person wrote under `cluster`, checked field by field; `checks` compares the fields.

The text under each field is its documentation: docs/config.md and the JSON schema are made of it.
"""

import itertools
import string
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from blueprint.rocketmq.ports import HIGHEST_PORT
from blueprint.rocketmq.schemes import CONTROLLER_COUNTS, TRAITS, Replication, Scheme, SchemeTraits
from blueprint.rocketmq.versions import DEFAULT_VERSION, SUPPORTED
from blueprint.settings.artifact import ArtifactSettings, MavenArtifact
from blueprint.settings.console import BuiltinConsole, ConsoleKind, ConsoleSettings
from blueprint.settings.fields import (
    BrokerName,
    GroupName,
    HostName,
    Mebibytes,
    Port,
    PropertyText,
    Settings,
    Switch,
    WholeNumber,
    expand_kind,
    expand_source,
    not_boolean,
)
from blueprint.settings.hosts import HostsSettings
from blueprint.settings.property_schema import KnownProperties

DEFAULT_GROUPS = 2
"""Of the schemes' own names: `2m` is two masters."""

MOST_GROUPS = 256

Properties = Annotated[Mapping[str, PropertyText], KnownProperties()]


class GroupSettings(Settings):
    """One broker group; a bare name stands for a group of which nothing else is said."""

    name: GroupName = Field(examples=["broker-a"])
    """RocketMQ's `brokerName`."""
    hosts: tuple[HostName, ...] | None = Field(default=None, examples=[["server1", "server2"]])
    """Where its brokers run, the master's first; without it the plan spreads the load."""
    properties: Properties = Field(default_factory=dict, examples=[{"fileReservedTime": 72}])
    """Broker properties of this group, over those of `brokerProperties`."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class BrokerOverrides(Settings):
    """What one broker has otherwise than the rest."""

    heap: Mebibytes | None = Field(default=None, examples=["1GiB"])
    """Its JVM's heap."""
    direct_memory: Mebibytes | None = Field(default=None, examples=["1GiB"])
    """Its JVM's memory outside the heap."""
    properties: Properties = Field(default_factory=dict, examples=[{"slaveReadEnable": True}])
    """Broker properties of this broker alone, over those of its group."""


class PortSettings(Settings):
    """The first port of each kind; a broker takes `listenPort` - 2, `listenPort` and one above."""

    name_server: Port = 9876
    """Of every name server."""
    controller: Port = 9878
    """Of the first controller on a host; each further one there is 10 above."""
    master: Port = 10911
    """`listenPort` of the first master, or of the first elected replica, on a host."""
    slave: Port = 11911
    """`listenPort` of the first slave on a host."""
    step: Annotated[int, Field(ge=4, le=HIGHEST_PORT), not_boolean] = 2000
    """What each further broker of a host adds to its `listenPort`."""
    dledger: Port = 40911
    """By which the first replica of scheme dledger on a host talks to its group."""
    proxy_grpc: Port = 8081
    """Of every proxy, for clients that speak gRPC."""
    proxy_remoting: Port = 8082
    """Of every proxy, for clients that speak the remoting protocol."""
    metrics: Port = 5557
    """Of the first broker on a host; each further one takes the next."""
    controller_metrics: Port = 5540
    """Of the first controller on a host; each further one takes the next."""
    proxy_metrics: Port = 5556
    """Of every proxy."""
    console: Port = 8080
    """Of the console."""


class HeapSettings(Settings):
    """JVM memory where the plan's own is not wanted; `brokers` says it for one broker."""

    name_server: Mebibytes | None = Field(default=None, examples=["128MiB"])
    """Heap of every name server."""
    controller: Mebibytes | None = Field(default=None, examples=["128MiB"])
    """Heap of every controller."""
    broker: Mebibytes | None = Field(default=None, examples=["512MiB"])
    """Heap of every broker."""
    broker_direct: Mebibytes | None = Field(default=None, examples=["512MiB"])
    """Memory outside the heap of every broker."""
    proxy: Mebibytes | None = Field(default=None, examples=["256MiB"])
    """Heap of every proxy."""
    proxy_direct: Mebibytes | None = Field(default=None, examples=["256MiB"])
    """Memory outside the heap of every proxy."""
    console: Mebibytes | None = Field(default=None, examples=["256MiB"])
    """Heap of a console of kind dashboard; the others have none."""


class ProxySettings(Settings):
    """RocketMQ's proxy, by which clients of the 5.x SDKs talk gRPC to the cluster."""

    hosts: tuple[HostName, ...] = Field(min_length=1, examples=[["server1", "server2"]])
    """On each of them runs one."""


NumberOfGroups = Annotated[int, Field(ge=1, le=MOST_GROUPS)]

ListOfGroups = Annotated[tuple[GroupName | GroupSettings, ...], Field(min_length=1)]
"""As a person writes them; GroupSettings itself accepts a bare name."""


def expand_groups(value: object) -> object:
    """Accept a number of groups for a list of as many, named broker-a, broker-b and so on."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        message = (
            "is neither a number of groups nor a list of them; write a number of 1 to "
            f"{MOST_GROUPS}, or a list of names, as [broker-a, broker-b]"
        )
        raise ValueError(message)  # noqa: TRY004 (pydantic reports ValueError, not TypeError)
    if not 1 <= value <= MOST_GROUPS:
        message = f"groups are not 1 to {MOST_GROUPS}; write a number of that range"
        raise ValueError(message)
    return [{"name": name} for name in group_names(value)]


class ClusterSettings(Settings):
    """All of the `cluster` object."""

    name: Annotated[str, StringConstraints(pattern=r"^[%|a-zA-Z0-9_-]+$", max_length=64)] = (
        "DefaultCluster"
    )
    """RocketMQ's `brokerClusterName`."""
    scheme: Scheme = Scheme.SYNC
    """How the brokers of a group replicate, and what that promises."""
    replication: Replication | None = Field(default=None, examples=["strict", "degrade"])
    """Of scheme 2m-2s-sync alone. `strict`, its default: a lost slave makes its master answer
    "not replicated"; `degrade`: the master goes on alone, and waits for its slave again
    within half a minute of its being back."""
    replicas: WholeNumber | None = Field(default=None, examples=[3])
    """Copies of every message, the master's included: 1 in scheme 2m-noslave; 2 or 3 in
    2m-2s-async, 2m-2s-sync and controller; 3 or 5 in dledger. The first is the default."""
    version: str = Field(default=DEFAULT_VERSION, json_schema_extra={"pattern": SUPPORTED})
    """RocketMQ's version: 5.1.2 or a later 5.x. On earlier ones anyone on the network can run
    commands."""
    artifact: Annotated[
        ArtifactSettings,
        BeforeValidator(
            expand_source,
            json_schema_input_type=Literal["maven"] | ArtifactSettings,
        ),
    ] = MavenArtifact(source="maven")
    """Where the RocketMQ archive comes from; `maven` alone stands for `{source: maven}`."""
    hosts: HostsSettings
    """Who provides the hosts, and what each is like."""
    broker_groups: Annotated[
        tuple[GroupSettings, ...],
        Field(min_length=1),
        BeforeValidator(expand_groups, json_schema_input_type=NumberOfGroups | ListOfGroups),
    ] = Field(
        default_factory=lambda: tuple(GroupSettings(name=n) for n in group_names(DEFAULT_GROUPS)),
        examples=[8, ["broker-a", "broker-b"]],
        json_schema_extra={"default": DEFAULT_GROUPS},
    )
    """How many groups, or a list of them. Append new ones: what is there stays where it is."""
    name_servers: Annotated[int, Field(ge=1), not_boolean] | None = Field(
        default=None, examples=[2]
    )
    """How many; they run on the first hosts. Without it 2, or 1 on a single host."""
    controllers: WholeNumber | None = Field(default=None, examples=[3])
    """How many controllers, 3 or 5, where the scheme is `controller`; they go round the hosts.
    Without it 3."""
    allow_shared_host: Switch = False
    """Whether replicas of one group, or controllers, may share a host where there are too few:
    the loss of that host is then more than the scheme survives."""
    proxy: ProxySettings | None = None
    """Where proxies run; without it, nowhere."""
    console: Annotated[
        ConsoleSettings,
        BeforeValidator(
            expand_kind, json_schema_input_type=Literal["builtin", "none"] | ConsoleSettings
        ),
    ] = BuiltinConsole(kind=ConsoleKind.BUILTIN.value)
    """What shows the cluster in a browser; `builtin` or `none` alone stands for that kind."""
    metrics: Switch = False
    """Whether brokers, controllers and proxies offer metrics to Prometheus."""
    ports: PortSettings = PortSettings()
    """Ports, where the usual ones are taken."""
    heap: HeapSettings = HeapSettings()
    """JVM memory, where the plan's own is not wanted."""
    broker_properties: Properties = Field(
        default_factory=dict, examples=[{"deleteWhen": "04", "fileReservedTime": 48}]
    )
    """Broker properties of every broker, spelled as RocketMQ spells them. RocketMQ ignores a
    mistake without a word, so unknown keys and wrong values are refused; so is what the plan
    decides itself, what would switch replication off, and logins (not supported yet)."""
    brokers: Mapping[BrokerName, BrokerOverrides] = Field(
        default_factory=dict, examples=[{"broker-a-s": {"heap": "1GiB"}}]
    )
    """What single brokers have otherwise, by the broker's name in the plan."""
    purge_data: Switch = False
    """Whether the message stores go when the cluster is destroyed on hosts that stay. It takes
    a `make up` before the destroy, which undoes what was last applied."""

    @property
    def traits(self) -> SchemeTraits:
        """Return what the scheme implies."""
        return TRAITS[self.scheme]

    @property
    def replicas_per_group(self) -> int:
        """Return the copies of every message, said or by default."""
        return self.traits.default_replicas if self.replicas is None else self.replicas

    @property
    def name_server_count(self) -> int:
        """Return how many name servers there are, said or by default."""
        return min(2, len(self.hosts.servers)) if self.name_servers is None else self.name_servers

    @property
    def controller_count(self) -> int:
        """Return how many controllers there are: none where the scheme needs none."""
        if self.scheme is not Scheme.CONTROLLER:
            return 0
        return CONTROLLER_COUNTS[0] if self.controllers is None else self.controllers


def group_names(count: int) -> tuple[str, ...]:
    """Return the names of up to 676 broker groups: broker-a, …, broker-z, broker-aa.

    Beyond the alphabet none ends in s: broker-as would be the store of broker-a's slave.
    """
    letters = string.ascii_lowercase
    pairs = (f"{a}{b}" for a in letters for b in letters if b != "s")
    return tuple(f"broker-{n}" for n in itertools.islice(itertools.chain(letters, pairs), count))
