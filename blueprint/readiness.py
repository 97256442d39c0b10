"""What a process must show before the next step, as arguments of the remoting client."""

import shlex
from collections.abc import Sequence

from blueprint.topology import BrokerSpec, ClusterSpec, NameServerSpec, Process


def plan_checks(cluster: ClusterSpec, process: Process, timeout_seconds: int) -> tuple[str, ...]:
    """Return the command lines after `remoting.pyz`, in order; all must succeed."""
    if isinstance(process, NameServerSpec):
        return (_words("name-server-ready", address=process.address, timeout=timeout_seconds),)
    registered = _words(
        "broker-registered",
        "--nudge",
        name_servers=cluster.name_server_list,
        cluster=cluster.name,
        broker=process.group,
        id=process.broker_id,
        address=process.address,
        timeout=timeout_seconds,
    )
    if process.is_master:
        return (registered,)
    master = next(m for m in cluster.masters if m.group == process.group)
    return (registered, _in_sync(master, (process,), timeout_seconds))


def plan_restart_checks(
    cluster: ClusterSpec, process: Process, timeout_seconds: int
) -> tuple[str, ...]:
    """Return what a restarted process must show besides, before another one is restarted."""
    if isinstance(process, NameServerSpec) or not process.is_master:
        return ()
    return (_in_sync(process, cluster.slaves_of(process), timeout_seconds),)


def _in_sync(master: BrokerSpec, slaves: Sequence[BrokerSpec], timeout_seconds: int) -> str:
    words = [f"--slave={slave.address}" for slave in slaves]
    return _words("in-sync", *words, master=master.address, timeout=timeout_seconds)


def _words(command: str, *flags: str, **options: object) -> str:
    words = [command, *flags]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)
