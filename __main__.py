"""The program: settings → plan → hosts and cluster → exports."""

import os

import pulumi

from blueprint.errors import ClusterError
from blueprint.load import load_plan
from blueprint.overview.text import SHOWN_ALREADY, render_plan_summary
from blueprint.plan.archives import Programs, plan_archive
from components.cluster import Cluster
from components.deployed_state import read_deployed_state
from components.exports import export_cluster
from components.hosts.hosts import make_hosts
from preflight.console_program import plan_console_program
from preflight.hypervisor import ask_hypervisor
from preflight.program import preflight_of
from system.errors import LocalError


def main() -> None:
    """Make the stack that its configuration describes."""
    raw = pulumi.Config().require_object("cluster")
    stack, preview = pulumi.get_stack(), pulumi.runtime.is_dry_run()
    preflight = preflight_of(stack, preview=preview)
    settings, cluster = load_plan(raw, read_deployed_state(), preflight)
    hypervisor = ask_hypervisor(settings, stack)
    for line in hypervisor.warnings() if hypervisor else ():
        pulumi.log.warn(line)
    if preview and SHOWN_ALREADY not in os.environ:
        pulumi.log.info(render_plan_summary(cluster))
    hosts = make_hosts(settings, cluster, hypervisor)
    programs = Programs(rocketmq=plan_archive(settings), console=plan_console_program(cluster))
    made = Cluster("cluster", cluster, hosts, programs)
    export_cluster(cluster, hosts, made)


try:
    main()
except (ClusterError, LocalError) as error:
    raise pulumi.RunError(str(error)) from error
