"""The `cluster` object of a stack's settings; blueprint.validation compares its fields.

docs/config.md and the JSON schema show the text below each field.
"""

import itertools
import string
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from blueprint.rocketmq.schemes import CONTROLLER_COUNTS, TRAITS, Replication, Scheme, SchemeTraits
from blueprint.rocketmq.versions import DEFAULT_VERSION, SUPPORTED
from blueprint.settings.artifact import ArtifactSettings, MavenArtifact
from blueprint.settings.console import BuiltinConsole, ConsoleKind, ConsoleSettings
from blueprint.settings.fields import (
    HIGHEST_PORT,
    BrokerName,
    GroupName,
    HostName,
    Mebibytes,
    Port,
    PropertyName,
    PropertyText,
    Settings,
    Switch,
    WholeNumber,
    expand_to,
    not_boolean,
)
from blueprint.settings.hosts import HostsSettings
from blueprint.settings.property_schema import KnownProperties

DEFAULT_GROUPS = 2
"""As in the schemes' names: `2m` means two masters."""

MOST_GROUPS = 256

Properties = Annotated[Mapping[str, PropertyText], KnownProperties()]

UncheckedProperties = Mapping[PropertyName, PropertyText]


class GroupSettings(Settings):
    """One broker group; a bare name stands for `{name: …}`."""

    name: GroupName = Field(examples=["broker-a"])
    """RocketMQ's `brokerName`."""
    hosts: tuple[HostName, ...] | None = Field(default=None, examples=[["server1", "server2"]])
    """The servers of its brokers, the master's first. By default the plan spreads the load."""
    properties: Properties = Field(default_factory=dict, examples=[{"fileReservedTime": 72}])
    """Broker properties of this group; they override `brokerProperties`."""
    unchecked_properties: UncheckedProperties = Field(
        default_factory=dict, examples=[{"keyOfANewerVersion": True}]
    )
    """Those that this program does not know; they override the cluster's."""

    @model_validator(mode="before")
    @classmethod
    def _expand_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class BrokerOverrides(Settings):
    """Overrides for one broker."""

    heap: Mebibytes | None = Field(default=None, examples=["1GiB"])
    """Heap of its JVM."""
    direct_memory: Mebibytes | None = Field(default=None, examples=["1GiB"])
    """Direct memory of its JVM, outside the heap."""
    properties: Properties = Field(default_factory=dict, examples=[{"slaveReadEnable": True}])
    """Broker properties of this broker; they override those of its group."""
    unchecked_properties: UncheckedProperties = Field(
        default_factory=dict, examples=[{"keyOfANewerVersion": True}]
    )
    """Those that this program does not know; they override those of its group."""


class PortSettings(Settings):
    """First ports of each kind; a broker takes `listenPort` and those 2 below and 1 above."""

    name_server: Port = 9876
    """Port of every name server."""
    controller: Port = 9878
    """Port of the first controller on a host; each further one adds 10."""
    master: Port = 10911
    """`listenPort` of the first master, or of the first elected replica, on a host."""
    slave: Port = 11911
    """`listenPort` of the first slave on a host."""
    step: Annotated[int, Field(ge=4, le=HIGHEST_PORT), not_boolean] = 2000
    """Distance between the `listenPort`s of the masters, or of the slaves, on a host."""
    dledger: Port = 40911
    """Port by which the first replica of scheme dledger on a host talks to its group; each
    further one takes the next."""
    proxy_grpc: Port = 8081
    """Port of every proxy for clients that speak gRPC."""
    proxy_remoting: Port = 8082
    """Port of every proxy for clients that speak the remoting protocol."""
    metrics: Port = 5557
    """Metrics port of the first broker on a host; each further one takes the next."""
    controller_metrics: Port = 5540
    """Metrics port of the first controller on a host; each further one takes the next."""
    proxy_metrics: Port = 5556
    """Metrics port of every proxy."""
    console: Port = 8080
    """Port of the console."""


class HeapSettings(Settings):
    """JVM memory that overrides the plan's; `brokers` overrides it for one broker."""

    name_server: Mebibytes | None = Field(default=None, examples=["128MiB"])
    """Heap of every name server."""
    controller: Mebibytes | None = Field(default=None, examples=["128MiB"])
    """Heap of every controller."""
    broker: Mebibytes | None = Field(default=None, examples=["512MiB"])
    """Heap of every broker."""
    broker_direct: Mebibytes | None = Field(default=None, examples=["512MiB"])
    """Direct memory of every broker, outside the heap."""
    proxy: Mebibytes | None = Field(default=None, examples=["256MiB"])
    """Heap of every proxy."""
    proxy_direct: Mebibytes | None = Field(default=None, examples=["256MiB"])
    """Direct memory of every proxy, outside the heap."""
    console: Mebibytes | None = Field(default=None, examples=["256MiB"])
    """Heap of a console of kind dashboard."""


class ProxySettings(Settings):
    """RocketMQ's proxies, through which clients of the 5.x SDKs talk gRPC to the cluster."""

    hosts: tuple[HostName, ...] = Field(min_length=1, examples=[["server1", "server2"]])
    """Servers that run a proxy each."""


NumberOfGroups = Annotated[int, Field(ge=1, le=MOST_GROUPS)]

ListOfGroups = Annotated[tuple[GroupName | GroupSettings, ...], Field(min_length=1)]
"""As a person writes them; GroupSettings itself accepts a bare name."""


def expand_groups(value: object) -> object:
    """Expand a number of groups to a list of that length: broker-a, broker-b and so on."""
    if isinstance(value, list | tuple):
        return value
    if type(value) is not int:
        message = (
            "is neither a number of groups nor a list of them; write a number of 1 to "
            f"{MOST_GROUPS}, or a list of names, for example [broker-a, broker-b]"
        )
    elif not 1 <= value <= MOST_GROUPS:
        message = f"is out of range; must be from 1 to {MOST_GROUPS}"
    else:
        return [{"name": name} for name in group_names(value)]
    raise ValueError(message)


class ClusterSettings(Settings):
    """The `cluster` object."""

    name: Annotated[str, StringConstraints(pattern=r"^[%|a-zA-Z0-9_-]+$", max_length=64)] = (
        "DefaultCluster"
    )
    """RocketMQ's `brokerClusterName`."""
    scheme: Scheme = Scheme.SYNC
    """How the brokers of a group replicate, as described above."""
    replication: Replication | None = Field(default=None, examples=["strict", "degrade"])
    """Scheme 2m-2s-sync only. `strict`, the default: while a slave is lost, its master answers
    "not replicated". `degrade`: the master continues alone, and waits for its slave again
    within half a minute of its return."""
    replicas: WholeNumber | None = Field(default=None, examples=[3])
    """Copies of every message, including the master's: 1 in scheme 2m-noslave; 2 or 3 in
    2m-2s-async, 2m-2s-sync and controller; 3 or 5 in dledger. The first is the default."""
    version: str = Field(
        default=DEFAULT_VERSION, max_length=14, json_schema_extra={"pattern": SUPPORTED}
    )
    """RocketMQ's version, 5.3.0 or a later 5.x. Left out, a new stack gets the default and a
    deployed one keeps its version, which cannot change yet. 5.1.2 to 5.2.0 are accepted only
    where they are deployed already: any user can read the administrator's password there."""
    artifact: Annotated[
        ArtifactSettings,
        BeforeValidator(
            expand_to("source"),
            json_schema_input_type=Literal["maven", "official"] | ArtifactSettings,
        ),
    ] = MavenArtifact(source="maven")
    """Where the RocketMQ archive comes from, as described above; `maven` alone stands for
    `{source: maven}`."""
    hosts: HostsSettings
    """The provider of the hosts, and each host."""
    broker_groups: Annotated[
        tuple[GroupSettings, ...],
        Field(min_length=1),
        BeforeValidator(expand_groups, json_schema_input_type=NumberOfGroups | ListOfGroups),
    ] = Field(
        default_factory=lambda: tuple(GroupSettings(name=n) for n in group_names(DEFAULT_GROUPS)),
        examples=[8, ["broker-a", "broker-b"]],
        json_schema_extra={"default": DEFAULT_GROUPS},
    )
    """The number of groups, or a list of them. Append new ones; existing ones stay in place."""
    name_servers: Annotated[int, Field(ge=1), not_boolean] | None = Field(
        default=None, examples=[2]
    )
    """Number of name servers, which run on the first hosts. By default 2, or 1 on a single
    host."""
    controllers: WholeNumber | None = Field(default=None, examples=[3])
    """Number of controllers in scheme `controller`, 3 (the default) or 5, distributed over the
    hosts in turn."""
    allow_shared_host: Switch = False
    """Whether replicas of a group, or controllers, may share a host if there are too few. The
    scheme may then not survive the loss of that host."""
    proxy: ProxySettings | None = None
    """Proxies; by default none."""
    console: Annotated[
        ConsoleSettings,
        BeforeValidator(
            expand_to("kind"), json_schema_input_type=Literal["builtin", "none"] | ConsoleSettings
        ),
    ] = BuiltinConsole(kind=ConsoleKind.BUILTIN.value)
    """Shows the cluster in a browser; `builtin` alone stands for `{kind: builtin}`."""
    metrics: Switch = False
    """Whether brokers, controllers and proxies export metrics for Prometheus."""
    ports: PortSettings = PortSettings()
    """Ports other than the defaults."""
    heap: HeapSettings = HeapSettings()
    """JVM memory that overrides the plan's."""
    broker_properties: Properties = Field(
        default_factory=dict, examples=[{"deleteWhen": "04", "fileReservedTime": 48}]
    )
    """Properties of every broker, spelled as RocketMQ spells them. RocketMQ silently ignores
    mistakes, so unknown keys and invalid values are refused. Refused as well: what the plan
    decides, what would disable replication, and logins (not supported yet)."""
    unchecked_properties: UncheckedProperties = Field(
        default_factory=dict, examples=[{"keyOfANewerVersion": True}]
    )
    """Properties of every broker that this program does not know, for a newer RocketMQ or a build
    of your own. They are passed on as they are: RocketMQ ignores a misspelled key without a word,
    and reports it back as if it were set. A key that this program knows is refused here."""
    brokers: Mapping[BrokerName, BrokerOverrides] = Field(
        default_factory=dict, examples=[{"broker-a-s": {"heap": "1GiB"}}]
    )
    """Overrides for single brokers, by the broker's name in the plan."""
    purge_data: Switch = False
    """Whether destroying the cluster deletes the message stores on hosts that remain. Apply it
    with `make up` before you destroy: a destroy follows the settings last applied."""

    @property
    def traits(self) -> SchemeTraits:
        """Return what the scheme implies."""
        return TRAITS[self.scheme]

    @property
    def replicas_per_group(self) -> int:
        """Return the number of copies of every message, the master's included."""
        return self.traits.replicas[0] if self.replicas is None else self.replicas

    @property
    def name_server_count(self) -> int:
        """Return the number of name servers."""
        return min(2, len(self.hosts.servers)) if self.name_servers is None else self.name_servers

    @property
    def controller_count(self) -> int:
        """Return the number of controllers, 0 unless the scheme needs them."""
        if self.scheme is not Scheme.CONTROLLER:
            return 0
        return CONTROLLER_COUNTS[0] if self.controllers is None else self.controllers


def group_names(count: int) -> tuple[str, ...]:
    """Return the names of up to 676 broker groups: broker-a, …, broker-z, broker-aa.

    No two-letter suffix ends in s: the store of broker-a's slave is called broker-as.
    """
    letters = string.ascii_lowercase
    pairs = (f"{a}{b}" for a in letters for b in letters if b != "s")
    return tuple(f"broker-{n}" for n in itertools.islice(itertools.chain(letters, pairs), count))
