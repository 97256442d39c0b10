"""Check that every name server lists a broker, and make it register at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from remoting.checks.steps import ROLL_OUT, Occasion, Step
from remoting.errors import NotYetError, RemotingError, TimedOutError
from remoting.plan.plan import ELECTED_ID
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.requests.admin import broker_config, cluster_info, update_broker_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remoting.plan.plan import Plan, PlannedBroker

_NUDGE_INTERVAL_SECONDS = 1.0


@dataclass(frozen=True)
class BrokerIdentity:
    """Which broker should be listed where; `address` is `ip:port`."""

    cluster: str
    name: str
    broker_id: int
    """`ELECTED_ID` for a replica, which may be listed under any id."""
    address: str


def registration_steps(plan: Plan, broker: PlannedBroker) -> list[Step]:
    """Return the check of a registration, which the roll-out speeds up by nudges."""
    name_servers = [server.address for server in plan.name_servers]
    identity = BrokerIdentity(plan.cluster, broker.group, broker.broker_id, broker.address)

    registered = partial(check_broker_registered, name_servers, identity)
    return [
        Step("registered", partial(registered, nudge=True), ROLL_OUT),
        Step("registered", partial(registered, nudge=False), Occasion.VERIFICATION),
    ]


def check_broker_registered(
    name_servers: Sequence[str], broker: BrokerIdentity, deadline: Deadline, *, nudge: bool
) -> str:
    """Wait until every name server lists a broker at its address; return on how many."""
    is_elected = broker.broker_id == ELECTED_ID
    name, subject = "broker-registered", f"{broker.name} id {broker.broker_id} at {broker.address}"
    if is_elected:
        name, subject = "replica-registered", f"{broker.address} of {broker.name}"
    check = Check(name, subject, f"broker.log of {broker.address} and its unit")
    nudger = Nudger(broker.address, waits_for_role=is_elected)

    def attempt(seconds: float) -> str:
        try:
            for name_server in name_servers:
                _require_listed(name_server, broker, seconds)
        except NotYetError as unlisted:
            if nudge:
                nudger.nudge(seconds, unlisted)
            raise
        return f"on {len(name_servers)} name servers"

    return poll(attempt, check, deadline)


def _require_listed(name_server: str, broker: BrokerIdentity, timeout_seconds: float) -> None:
    with Connection(name_server, timeout_seconds) as connection:
        listed = cluster_info(connection).get(broker.name)
    by_id = listed.addresses if listed else {}
    if broker.broker_id == ELECTED_ID:
        address = broker.address if broker.address in by_id.values() else None
    else:
        address = by_id.get(broker.broker_id)
    if listed is None or address is None:
        cause = f"name server {name_server} does not list it"
        raise NotYetError(cause)
    if address != broker.address:
        cause = f"name server {name_server} lists it at {address}"
        raise NotYetError(cause)
    if listed.cluster != broker.cluster:
        cause = f"name server {name_server} lists it in cluster {listed.cluster}"
        raise NotYetError(cause)


@dataclass
class Nudger:
    """Makes a running broker register at once, not within 30 seconds.

    Any UPDATE_BROKER_CONFIG with brokerPermission does that. The value is empty, so the broker
    keeps the one it has: no drain is lifted, and none that a guard has just lifted is restored.
    """

    address: str
    waits_for_role: bool = False
    """Whether an election decides its id: listed before that, it would have the id -1."""
    _next_at: float = field(default=0.0, init=False)

    def nudge(self, timeout_seconds: float, unlisted: NotYetError) -> None:
        """Send a nudge, unless one was just sent; `unlisted` becomes part of the cause."""
        if self.waits_for_role:
            self._require_role(timeout_seconds, unlisted)
        if time.monotonic() < self._next_at:
            return
        started = time.monotonic()
        try:
            with Connection(self.address, timeout_seconds) as connection:
                update_broker_config(connection, {"brokerPermission": ""})
        except RemotingError as error:
            if isinstance(error, TimedOutError):
                # It is still busy with this one; another nudge would only add work.
                self._next_at = time.monotonic() + timeout_seconds
            cause = f"{unlisted}, and {error}"
            raise NotYetError(cause) from error
        took = time.monotonic() - started
        self._next_at = time.monotonic() + max(_NUDGE_INTERVAL_SECONDS, took)

    def _require_role(self, timeout_seconds: float, unlisted: NotYetError) -> None:
        with Connection(self.address, timeout_seconds) as connection:
            broker_id = broker_config(connection).get("brokerId", "")
        if not broker_id.isdecimal():
            cause = f"{unlisted}, and {self.address} is neither master nor slave yet"
            raise NotYetError(cause)
