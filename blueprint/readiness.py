"""What a process must show before the next step, as arguments of the remoting client."""

import shlex

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
    master = _master_of(cluster, process)
    in_sync = _words(
        "in-sync", master=master.address, slave=process.address, timeout=timeout_seconds
    )
    return (registered, in_sync)


def _master_of(cluster: ClusterSpec, slave: BrokerSpec) -> BrokerSpec:
    return next(master for master in cluster.masters if master.group == slave.group)


def _words(command: str, *flags: str, **options: object) -> str:
    words = [command, *flags]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)
