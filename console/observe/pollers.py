"""One poller for each kind of process: what it asks at each step."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, Generic

from console.observe.state import (
    UP,
    BrokerFacts,
    Facts,
    Observation,
    ObservedState,
    failed_observation,
)
from remoting.errors import MalformedAnswerError, RefusedError, RemotingError
from remoting.plan.plan import DLEDGER
from remoting.protocol.connection import Connection
from remoting.requests.admin import broker_config, ha_status, runtime_info

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.observe.connection import Connect
    from remoting.plan.plan import Plan, PlannedBroker, PlannedProcess, PlannedProxy
    from remoting.requests.admin import HaStatus

LAST_MILLISECOND = 253_402_300_799_999
"""Of the year 9999, the last that `datetime` can represent."""

CONFIG_STEPS = 5
"""A broker's configuration, by far its longest answer, is requested every this many steps."""


class Poller(Generic[Facts]):
    """Asks one process one question at each step."""

    def __init__(
        self, name: str, observations: dict[str, Observation[Facts]], ask: Callable[[], Facts]
    ) -> None:
        self._name = name
        self._observations = observations
        self._ask = ask

    def poll(self, _: int) -> None:
        """Poll once; an error becomes an observation."""
        try:
            facts = self._ask()
            self._observations[self._name] = Observation(time.time(), UP, facts=facts)
        except RemotingError as error:
            self._observations[self._name] = failed_observation(time.time(), error)


def answer_poller(
    process: PlannedProcess,
    observations: dict[str, Observation[Facts]],
    connect: Connect,
    ask: Callable[[Connection], Facts],
) -> Poller[Facts]:
    """Poll what a process answers to one request."""
    return Poller(process.name, observations, partial(connect(process.address).call, ask))


def proxy_poller(
    proxy: PlannedProxy, observed: ObservedState, timeout_seconds: float
) -> Poller[bool]:
    """Poll whether a proxy accepts connections of gRPC clients; these count as no request."""

    def ask() -> bool:
        Connection(proxy.address, timeout_seconds).close()
        return True

    return Poller(proxy.name, observed.proxies, ask)


class BrokerPoller:
    """Polls a broker's counters and replication, and every few steps its role and permission."""

    def __init__(
        self, broker: PlannedBroker, plan: Plan, observed: ObservedState, connect: Connect
    ) -> None:
        self._name = broker.name
        self._has_ha = plan.election != DLEDGER
        self._observed = observed
        self._connection = connect(broker.address)
        self._config: dict[str, str] = {}
        self._config_of: tuple[str, int] | None = None

    def poll(self, step: int) -> None:
        """Poll once; an error becomes an observation."""
        history = self._observed.rates[self._name]
        started_at = time.time()
        try:
            facts = self._connection.call(lambda connection: self._ask(connection, step))
        except RemotingError as error:
            history.interrupt()
            self._observed.brokers[self._name] = failed_observation(time.time(), error)
            return
        at = time.time()
        history.add(step, at, facts.put_total, facts.get_total)
        if self._name in self._observed.brokers:
            self._observed.previous[self._name] = self._observed.brokers[self._name]
        observation = Observation(at, UP, facts=facts, started_at=started_at)
        self._observed.brokers[self._name] = observation

    def _ask(self, connection: Connection, step: int) -> BrokerFacts:
        info = runtime_info(connection)
        ha = self._ask_ha(connection)
        config_of = (info.get("bootTimestamp", ""), step // CONFIG_STEPS)
        if config_of != self._config_of:
            self._config = broker_config(connection)
            self._config_of = config_of
        try:
            return read_facts(info, self._config, ha)
        except (KeyError, ValueError) as error:
            fault = f"unreadable runtime info ({error!r})"
            raise MalformedAnswerError(connection.address, fault) from error

    def _ask_ha(self, connection: Connection) -> HaStatus | None:
        if not self._has_ha:
            return None
        try:
            return ha_status(connection)
        except RefusedError:
            # The broker answers "system error" while it changes its role.
            return None


def read_facts(info: dict[str, str], config: dict[str, str], ha: HaStatus | None) -> BrokerFacts:
    """Return the facts in a broker's runtime info and configuration.

    Raises:
        KeyError, ValueError: a value is missing or malformed.

    """
    accepts_sends_from = int(info.get("startAcceptSendRequestTimeStamp", "0"))
    booted_at, disk_used = int(info["bootTimestamp"]), float(info["commitLogDiskRatio"])
    if not 0 <= booted_at <= LAST_MILLISECOND or not math.isfinite(disk_used):
        message = f"bootTimestamp={booted_at} or commitLogDiskRatio={disk_used} is out of range"
        raise ValueError(message)
    return BrokerFacts(
        version=info["brokerVersionDesc"].lstrip("V").replace("_", "."),
        booted_at=booted_at / 1000,
        max_offset=int(info["commitLogMaxOffset"]),
        put_total=int(info["msgPutTotalTodayNow"]),
        get_total=int(info["msgGetTotalTodayNow"]),
        disk_used=disk_used,
        accepts_sends_from=min(accepts_sends_from, LAST_MILLISECOND) / 1000,
        ha=ha,
        role=config["brokerRole"],
        permission=int(config["brokerPermission"]),
    )
