"""The program: settings → plan → hosts and cluster → exports."""

import pulumi

from blueprint.artifact import plan_archive
from blueprint.errors import ClusterError
from blueprint.parsing import parse_settings
from blueprint.topology import plan_cluster
from components.archive_source import find_archive_problems
from components.cluster import Cluster
from components.exports import export_cluster
from components.gentle_wait import wait_gently
from components.hosts import make_hosts
from machines.errors import MachinesError


def main() -> None:
    """Make the stack that its configuration describes."""
    wait_gently()
    settings = parse_settings(pulumi.Config().require_object("cluster"), find_archive_problems)
    cluster = plan_cluster(settings)
    hosts = make_hosts(settings, cluster)
    made = Cluster("cluster", cluster, hosts, plan_archive(settings))
    export_cluster(cluster, hosts, made)


try:
    main()
except (ClusterError, MachinesError) as error:
    raise pulumi.RunError(str(error)) from error
