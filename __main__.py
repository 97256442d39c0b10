"""The program: settings → plan → hosts and cluster → exports."""

import os
from functools import partial

import pulumi

from blueprint.errors import ClusterError
from blueprint.load import Check, parse_settings
from blueprint.overview.text import SHOWN_ALREADY, render_plan_summary
from blueprint.plan.archives import Programs, plan_archive
from blueprint.plan.topology import plan_cluster
from components.cluster import Cluster
from components.deployed_state import read_deployed_state
from components.exports import export_cluster
from components.hosts.hosts import make_hosts
from components.sdk_wait_patch import wait_gently
from machines.shared.errors import MachinesError
from preflight.archives import find_archive_problems
from preflight.console_program import find_jar_problems, plan_console_program
from preflight.hypervisor import ask_hypervisor, find_hypervisor_problems
from preflight.login_key import find_agent_problems, find_key_problems


def main() -> None:
    """Make the stack that its configuration describes."""
    wait_gently()
    raw = pulumi.Config().require_object("cluster")
    further: list[Check] = [
        find_archive_problems,
        find_jar_problems,
        find_key_problems,
        partial(find_hypervisor_problems, stack=pulumi.get_stack()),
    ]
    if not pulumi.runtime.is_dry_run():
        further.append(find_agent_problems)
    deployed = read_deployed_state()
    settings = parse_settings(raw, *further, deployed=deployed)
    hypervisor = ask_hypervisor(settings, pulumi.get_stack())
    for line in hypervisor.warnings() if hypervisor else ():
        pulumi.log.warn(line)
    emulated = hypervisor is not None and hypervisor.emulated
    cluster = plan_cluster(settings, deployed, emulated=emulated)
    if pulumi.runtime.is_dry_run() and SHOWN_ALREADY not in os.environ:
        pulumi.log.info(render_plan_summary(cluster))
    hosts = make_hosts(settings, cluster, hypervisor)
    programs = Programs(rocketmq=plan_archive(settings), console=plan_console_program(cluster))
    made = Cluster("cluster", cluster, hosts, programs)
    export_cluster(cluster, hosts, made)


try:
    main()
except (ClusterError, MachinesError) as error:
    raise pulumi.RunError(str(error)) from error
