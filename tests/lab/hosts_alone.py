"""The program without its cluster: only what `make_hosts` makes. test_lab_disks.py runs it."""

import pulumi

from blueprint.load import load_plan
from blueprint.plan.deployed import NOT_DEPLOYED
from components.hosts.hosts import make_hosts
from preflight.hypervisor import ask_hypervisor
from preflight.program import preflight_of


def main() -> None:
    """Make the hosts that the stack's configuration describes."""
    stack = pulumi.get_stack()
    preflight = preflight_of(stack, preview=pulumi.runtime.is_dry_run())
    settings, cluster = load_plan(
        pulumi.Config().require_object("cluster"), NOT_DEPLOYED, preflight
    )
    make_hosts(settings, cluster, ask_hypervisor(settings, stack))


main()
