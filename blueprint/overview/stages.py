"""The order in which an update starts the processes, and waits for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.rocketmq.schemes import Election

if TYPE_CHECKING:
    from blueprint.plan.processes import Process


class Pace(StrEnum):
    """Whether a stage works on its processes in parallel or in turn."""

    SIDE_BY_SIDE = "side by side"
    ONE_BY_ONE = "one by one"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage; the next one begins when this one is done."""

    what: str
    pace: Pace
    names: tuple[str, ...]
    """The processes, or the hosts of a stage that works on hosts."""
    over_when: str


def plan_stages(cluster: ClusterSpec) -> tuple[Stage, ...]:
    """Return the stages in order; none is empty."""
    return tuple(
        stage
        for stage in (
            _start(cluster),
            *_readied(cluster),
            _verify(cluster),
            _start_console(cluster),
        )
        if stage.names
    )


def _start(cluster: ClusterSpec) -> Stage:
    return Stage(
        what="start everything",
        pace=Pace.SIDE_BY_SIDE,
        names=tuple(process.name for process in cluster.processes),
        over_when="every unit is enabled and started, each after its own files are written",
    )


def _readied(cluster: ClusterSpec) -> Iterator[Stage]:
    """Iterate over the kinds in the order of `ClusterSpec.processes`."""
    masters = "each is registered"
    if any(map(cluster.is_guarded, cluster.masters)):
        masters += "; it accepts no messages until it has been compared with its slaves"
        masters += "" if cluster.slave_required else ", or these have been gone for a while"
    electors = "controllers" if cluster.election is Election.CONTROLLER else "replicas"
    elected = (
        f"each is registered; before the next group, the {electors} have elected a master and the "
        "others are in sync"
    )
    kinds: tuple[tuple[str, Sequence[Process], str], ...] = (
        ("name servers", cluster.name_servers, "each answers"),
        ("controllers", cluster.controllers, "each answers"),
        ("masters", cluster.masters, masters),
        ("slaves", cluster.slaves, "each is registered and in sync with its master"),
        ("elected replicas", cluster.elected, elected),
        ("proxies", cluster.proxies, "each answers"),
    )
    for what, processes, over_when in kinds:
        yield Stage(
            what=f"wait for the {what}",
            pace=Pace.ONE_BY_ONE,
            names=tuple(process.name for process in processes),
            over_when=over_when,
        )


def _verify(cluster: ClusterSpec) -> Stage:
    return Stage(
        what="verify",
        pace=Pace.SIDE_BY_SIDE,
        names=tuple(host.name for host in cluster.hosts),
        over_when="every host has checked its processes, and has sent and received a message",
    )


def _start_console(cluster: ClusterSpec) -> Stage:
    return Stage(
        what="start the console",
        pace=Pace.SIDE_BY_SIDE,
        names=() if cluster.console is None else (cluster.console.name,),
        over_when="another host, if there is one, has loaded the page and logged in",
    )
