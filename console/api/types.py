"""The JSON documents of the API, from which `make docs` writes `console/page/openapi.json`.

A class's docstring and those under its keys are the descriptions there.
"""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from typing_extensions import TypeAliasType, TypedDict

from console.compare.cluster import ClusterState
from console.compare.inventory import MAX_SHOWN, ConsumerGroup, Topic
from console.compare.problems import Problem
from console.observe.state import ProcessState as State
from console.schema import Count, Line, Schema
from remoting.plan.plan import ELECTIONS, REPLICA, ROLES

MAX_PASSWORD_LENGTH = 1024

Time = Annotated[str, Schema(format="date-time")]
Seconds = Annotated[float, Schema(minimum=0)]
Rate = Annotated[float, Schema(minimum=0)]

ProcessState = TypeAliasType(
    "ProcessState",
    Annotated[
        State,
        Schema(
            description="Whether it answers: `up`; `down`, connection failed or answer unusable; "
            "`silent`, connected but no answer in time; `starting`, not polled yet."
        ),
    ],
)


class ClusterSummary(TypedDict):
    """The cluster as planned."""

    name: str
    """RocketMQ's brokerClusterName."""
    scheme: str
    """The layout, for instance `2m-2s-sync`."""
    version: str
    """The RocketMQ version."""
    election: Annotated[str, Schema(enum=ELECTIONS)]
    """What elects masters; `none` where they are planned."""


class Process(TypedDict):
    """A process that is not a broker."""

    # Described by metadata: pydantic finds no docstrings of inherited keys.
    name: Annotated[str, Schema(description="Its name in the plan.")]
    host: Annotated[str, Schema(description="The host it is planned on.")]
    address: Annotated[str, Schema(description="`host:port`, as planned.")]
    state: ProcessState
    cause: Annotated[str | None, Schema(description="Why it is not up.")]


class NameServer(Process):
    """A name server."""

    listed: Count | None
    """How many of the planned brokers it lists; null while it does not answer."""
    planned: Count
    """How many it should list."""


class Controller(Process):
    """A process that elects masters."""

    leader: bool | None
    """Whether it reports itself as the leader; null while it does not answer."""


class Proxy(Process):
    """A proxy for gRPC clients."""


class Broker(TypedDict):
    """A broker. Null means unknown, for instance while the broker does not answer."""

    name: str
    """Its name in the plan; of an unplanned broker, its group and id."""
    group: str
    """RocketMQ's brokerName."""
    host: str | None
    """The host it is planned on; null for an unplanned broker."""
    address: str
    """`host:port`."""
    planned: bool
    """Whether it is in the plan."""
    plannedRole: Annotated[str, Schema(enum=(*ROLES, REPLICA))] | None
    """`REPLICA` where masters are elected; null for an unplanned broker."""
    role: str | None
    """What it is now: RocketMQ's brokerRole; `MASTER` or `SLAVE` where masters are elected."""
    id: Count | None
    """RocketMQ's brokerId: 0 is a master; null while an elected broker is not listed."""
    state: ProcessState
    cause: str | None
    """Why it is not up."""
    version: str | None
    """The RocketMQ version it runs."""
    startedAt: Time | None
    """When it was started."""
    uptimeSeconds: Count | None
    """Seconds since its start."""
    inPerSecond: Rate | None
    """Messages received per second; null until it was polled twice."""
    outPerSecond: Rate | None
    """Messages delivered to consumers per second; null until it was polled twice."""
    replicasPlanned: Count | None
    """Of a master: how many replicas should copy it; null for others."""
    replicasConnected: Count | None
    """Of a master: how many replicas copy it; null for others."""
    lagBytes: Count | None
    """Of a replica: bytes of its master's log not yet copied; null for others."""
    diskUsed: Annotated[float, Schema(minimum=-1, maximum=1)] | None
    """Used share of the file system with its messages, 0 to 1; -1 if the broker cannot tell."""
    isDrained: bool | None
    """Whether it refuses new messages although the plan says that it accepts them."""
    listedBy: list[str]
    """The name servers that list its address."""


Rates = TypedDict(
    "Rates",
    {
        "in": Annotated[list[Optional[Rate]], Schema(description="Into the broker.")],
        "out": Annotated[list[Optional[Rate]], Schema(description="Out of it, to consumers.")],
    },
)
Rates.__doc__ = (
    "Messages per second, one point per step, the newest last; null where none was measured."
)


class History(TypedDict):
    """Messages per second over the last minutes."""

    stepSeconds: Annotated[float, Schema(exclusiveMinimum=0)]
    """Seconds from one point to the next."""
    brokers: dict[str, Rates]
    """By the name of each planned broker."""


class Check(TypedDict):
    """One check."""

    check: str
    """Its name."""
    isOk: bool
    """Whether it passed."""
    detail: str
    """What was found, in one line."""
    milliseconds: Annotated[float, Schema(minimum=0)]
    """How long it took."""


class CheckedProcess(TypedDict):
    """One process of the host."""

    process: str
    """Its name in the plan."""
    role: str
    """Its role."""
    address: str
    """`host:port`."""
    checks: list[Check]
    """In the order they ran."""


class Report(TypedDict):
    """What the last verification of a host found."""

    host: str
    """The host's name."""
    isOk: bool
    """Whether every check passed."""
    at: Time
    """When it ended."""
    seconds: Seconds
    """How long it took."""
    processes: list[CheckedProcess]
    """The processes of this host."""


class Cluster(TypedDict):
    """The whole cluster at one moment: planned, observed, and how the two differ."""

    cluster: ClusterSummary
    state: ClusterState
    """`dead`: no broker answers; `degraded`: there are problems; `starting`: not all polled."""
    servedAt: Time
    """When this view was built; one view is served to all clients for a second."""
    observedAt: Time | None
    """When a broker or name server was last polled."""
    problems: list[Problem]
    """Errors first, then warnings."""
    nameServers: list[NameServer]
    """As planned."""
    controllers: list[Controller]
    """As planned; only where controllers elect masters."""
    proxies: list[Proxy]
    """As planned."""
    brokers: list[Broker]
    """Planned brokers, then those that are listed but not planned."""
    history: History
    topics: Annotated[list[Topic], Schema(maxItems=MAX_SHOWN)]
    """Topics of users first; at most 1000."""
    topicsLeftOut: Count
    """How many more there are."""
    consumerGroups: Annotated[list[ConsumerGroup], Schema(maxItems=MAX_SHOWN)]
    """Consumer groups of users, the largest lag first; at most 1000."""
    consumerGroupsLeftOut: Count
    """How many more there are."""
    verification: list[Report]
    """The last report of each host that was ever verified."""


class Login(TypedDict):
    """The body of a login."""

    password: Annotated[str, Schema(maxLength=MAX_PASSWORD_LENGTH, format="password")]
    """The console's password."""


class Health(TypedDict):
    """That the console runs; nothing about the cluster."""

    status: Literal["ok"]
    """Always `ok`."""


class Error(TypedDict):
    """Why the request was refused or failed."""

    error: Line
    """One line in English."""
