"""The stack's outputs: what a client program, an operator and our own commands need."""

import pulumi

from blueprint.topology import ClusterSpec
from components.cluster import Cluster
from components.hosts import Hosts


def export_cluster(cluster: ClusterSpec, hosts: Hosts, made: Cluster) -> None:
    """Export the addresses, who runs where, how to log in, and the last verification."""
    pulumi.export("namesrvAddr", cluster.name_server_list)
    pulumi.export(
        "brokers",
        [
            {
                "name": broker.name,
                "role": broker.role.value,
                "host": broker.host.name,
                "address": broker.address,
            }
            for broker in (*cluster.masters, *cluster.slaves)
        ],
    )
    pulumi.export("hosts", {host.name: host.address for host in cluster.hosts})
    stack = pulumi.get_stack()
    ssh = {host.name: f"make ssh STACK={stack} HOST={host.name}" for host in cluster.hosts}
    pulumi.export("ssh", ssh)
    pulumi.export(
        "logins",
        {
            host.name: {
                "address": host.spec.address,
                "user": host.user,
                "hostKey": host.host_key,
                "startupSeconds": host.spec.startup_seconds,
            }
            for host in hosts.hosts
        },
    )
    pulumi.export("sshPrivateKey", pulumi.Output.secret(hosts.private_key))
    pulumi.export("sshPublicKey", hosts.public_key)
    pulumi.export("verified", made.verified)
