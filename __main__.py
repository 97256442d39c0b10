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
from components.login_key import find_agent_problems, find_key_problems
from machines.errors import MachinesError


def main() -> None:
    """Make the stack that its configuration describes."""
    wait_gently()
    raw = pulumi.Config().require_object("cluster")
    further = [find_archive_problems, find_key_problems]
    if not pulumi.runtime.is_dry_run():
        further.append(find_agent_problems)
    settings = parse_settings(raw, *further)
    cluster = plan_cluster(settings)
    hosts = make_hosts(settings, cluster)
    made = Cluster("cluster", cluster, hosts, plan_archive(settings))
    export_cluster(cluster, hosts, made)


try:
    main()
except (ClusterError, MachinesError) as error:
    raise pulumi.RunError(str(error)) from error
