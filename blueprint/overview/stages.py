"""The order in which an update starts the processes, and waits for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.processes import Process
from blueprint.rocketmq.schemes import Election


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
    started = "every unit is enabled and started, each after its own files are written"
    verified = "every host has checked its processes, and has sent and received a message"
    logged_in = "another host, if there is one, has loaded the page and logged in"
    console = () if cluster.console is None else (cluster.console,)
    stages = (
        _stage("start everything", Pace.SIDE_BY_SIDE, cluster.processes, started),
        *_waits(cluster),
        _stage("verify", Pace.SIDE_BY_SIDE, cluster.hosts, verified),
        _stage("start the console", Pace.SIDE_BY_SIDE, console, logged_in),
    )
    return tuple(stage for stage in stages if stage.names)


def _waits(cluster: ClusterSpec) -> Iterator[Stage]:
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
    slaves = "each is registered and "
    slaves += (
        "in sync with its master"
        if cluster.slave_required
        else "holds what its master held when the wait began"
    )
    kinds: tuple[tuple[str, Sequence[Process], str], ...] = (
        ("name servers", cluster.name_servers, "each answers"),
        ("controllers", cluster.controllers, "each answers"),
        ("masters", cluster.masters, masters),
        ("slaves", cluster.slaves, slaves),
        ("elected replicas", cluster.elected, elected),
        ("proxies", cluster.proxies, "each answers"),
    )
    for what, processes, over_when in kinds:
        yield _stage(f"wait for the {what}", Pace.ONE_BY_ONE, processes, over_when)


def _stage(
    what: str, pace: Pace, works_on: Sequence[Process] | Sequence[HostSpec], over_when: str
) -> Stage:
    return Stage(
        what=what, pace=pace, names=tuple(one.name for one in works_on), over_when=over_when
    )
