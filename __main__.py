"""The program: settings → plan → hosts and cluster → exports."""

import os

import pulumi

from blueprint.archive import Programs
from blueprint.artifact import plan_archive
from blueprint.errors import ClusterError
from blueprint.parsing import parse_settings
from blueprint.plan_page import SHOWN_ALREADY, render_plan_summary
from blueprint.topology import plan_cluster
from components.archive_source import find_archive_problems
from components.cluster import Cluster
from components.console_source import find_jar_problems, plan_console_program
from components.exports import export_cluster
from components.gentle_wait import wait_gently
from components.hosts import make_hosts
from components.hypervisor import ask_hypervisor, find_hypervisor_problems
from components.login_key import find_agent_problems, find_key_problems
from components.made_already import read_history
from machines.errors import MachinesError


def main() -> None:
    """Make the stack that its configuration describes."""
    wait_gently()
    raw = pulumi.Config().require_object("cluster")
    further = [
        find_archive_problems,
        find_jar_problems,
        find_key_problems,
        find_hypervisor_problems,
    ]
    if not pulumi.runtime.is_dry_run():
        further.append(find_agent_problems)
    history = read_history()
    settings = parse_settings(raw, *further, history=history)
    hypervisor = ask_hypervisor(settings)
    emulated = hypervisor is not None and hypervisor.emulated
    cluster = plan_cluster(settings, history, emulated=emulated)
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
