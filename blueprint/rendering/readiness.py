"""What a process must show before the next step, as arguments of the remoting client."""

import shlex
from collections.abc import Sequence

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.memory import Kind
from blueprint.plan.processes import BrokerSpec, Process, ProxySpec


def plan_checks(cluster: ClusterSpec, process: Process, timeout_seconds: int) -> tuple[str, ...]:
    """Return the command lines after `remoting.pyz`, in order; all must succeed."""
    if isinstance(process, BrokerSpec):
        return _broker_checks(cluster, process, timeout_seconds)
    if isinstance(process, ProxySpec):
        return (
            _words(
                "proxy-ready",
                address=process.address,
                remoting_address=process.remoting_address,
                cluster=cluster.name,
                timeout=timeout_seconds,
            ),
        )
    ready = {Kind.NAME_SERVER: "name-server-ready", Kind.CONTROLLER: "controller-ready"}
    return (_words(ready[process.kind], address=process.address, timeout=timeout_seconds),)


def plan_restart_checks(
    cluster: ClusterSpec, process: Process, timeout_seconds: int
) -> tuple[str, ...]:
    """Return what a restarted process must show besides, before another one is restarted."""
    if not isinstance(process, BrokerSpec):
        return ()
    if process in cluster.elected:
        return (_group_in_sync(cluster, process, timeout_seconds),)
    slaves = cluster.slaves_of(process) if process.is_master else ()
    return (_in_sync(process, slaves, timeout_seconds),) if slaves else ()


def _broker_checks(
    cluster: ClusterSpec, broker: BrokerSpec, timeout_seconds: int
) -> tuple[str, ...]:
    if broker in cluster.elected:
        return _elected_checks(cluster, broker, timeout_seconds)
    registered = _words(
        "broker-registered",
        "--nudge",
        name_servers=cluster.name_server_list,
        cluster=cluster.name,
        broker=broker.group,
        id=broker.broker_id,
        address=broker.address,
        timeout=timeout_seconds,
    )
    if broker.is_master:
        return (registered,)
    master = next(m for m in cluster.masters if m.group == broker.group)
    return (registered, _in_sync(master, (broker,), timeout_seconds))


def _elected_checks(
    cluster: ClusterSpec, broker: BrokerSpec, timeout_seconds: int
) -> tuple[str, ...]:
    registered = _words(
        "replica-registered",
        "--nudge",
        name_servers=cluster.name_server_list,
        cluster=cluster.name,
        group=broker.group,
        address=broker.address,
        timeout=timeout_seconds,
    )
    last = broker == cluster.group_of(broker)[-1]
    return (
        (registered, _group_in_sync(cluster, broker, timeout_seconds)) if last else (registered,)
    )


def _group_in_sync(cluster: ClusterSpec, broker: BrokerSpec, timeout_seconds: int) -> str:
    replicas = [f"--replica={replica.address}" for replica in cluster.group_of(broker)]
    controllers = [f"--controller={controller.address}" for controller in cluster.controllers]
    return _words(
        "group-in-sync",
        *replicas,
        *controllers,
        name_servers=cluster.name_server_list,
        cluster=cluster.name,
        group=broker.group,
        election=cluster.election.value,
        timeout=timeout_seconds,
    )


def _in_sync(master: BrokerSpec, slaves: Sequence[BrokerSpec], timeout_seconds: int) -> str:
    words = [f"--slave={slave.address}" for slave in slaves]
    return _words("in-sync", *words, master=master.address, timeout=timeout_seconds)


def _words(command: str, *flags: str, **options: object) -> str:
    words = [command, *flags]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)
