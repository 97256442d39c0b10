"""The stack's outputs, for clients, operators and our own commands."""

from typing import Any

import pulumi

from blueprint.plan.cluster_spec import ClusterSpec
from components.cluster import Cluster
from components.hosts.over_ssh import Hosts
from remoting.checks.console import USER


def export_cluster(cluster: ClusterSpec, hosts: Hosts, made: Cluster) -> None:
    """Export addresses, placements, logins and the last verification."""
    pulumi.export("namesrvAddr", cluster.name_server_list)
    pulumi.export(
        "brokers",
        [
            {
                "name": broker.name,
                "role": broker.role,
                "host": broker.host.name,
                "address": broker.address,
            }
            for broker in (*cluster.masters, *cluster.slaves, *cluster.elected)
        ],
    )
    if cluster.console is not None and made.console_password is not None:
        pulumi.export("consoleUrl", cluster.console.url)
        pulumi.export("consolePassword", pulumi.Output.secret(made.console_password))
        pulumi.export(
            "console",
            {
                "kind": cluster.console.console_kind.value,
                "host": cluster.console.host.name,
                "user": USER,
                "cluster": cluster.name,
            },
        )
    if cluster.controllers:
        pulumi.export("controllerAddr", cluster.controller_list)
    if cluster.proxies:
        pulumi.export("grpcEndpoints", ";".join(proxy.address for proxy in cluster.proxies))
    if targets := _metrics_targets(cluster):
        pulumi.export("metricsTargets", targets)
    pulumi.export("hosts", {host.name: host.address for host in cluster.hosts})
    stack = pulumi.get_stack()
    ssh = {host.name: f"make ssh STACK={stack} HOST={host.name}" for host in cluster.hosts}
    pulumi.export("ssh", ssh)
    pulumi.export("logins", hosts.logins)
    if hosts.private_key is not None:
        pulumi.export("sshPrivateKey", pulumi.Output.secret(hosts.private_key))
    if hosts.public_key is not None:
        pulumi.export("sshPublicKey", hosts.public_key)
    pulumi.export("verified", made.verified)


def _metrics_targets(cluster: ClusterSpec) -> list[dict[str, Any]]:
    """Return the targets in the form of a Prometheus `file_sd` list."""
    return [
        {
            "targets": [process.metrics_address],
            "labels": {
                "cluster": cluster.name,
                "process": process.name,
                "kind": process.kind.value,
            },
        }
        for process in cluster.processes
        if process.metrics_address
    ]
