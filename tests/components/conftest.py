from dataclasses import replace

import pulumi
import pytest

from blueprint.load import load_plan
from blueprint.plan.archives import Programs, plan_archive
from blueprint.plan.deployed import NOT_DEPLOYED
from components.cluster import Cluster
from components.exports import export_cluster
from components.hosts.hosts import make_hosts
from preflight.console_program import plan_console_program
from preflight.hypervisor import ask_hypervisor
from preflight.program import preflight_of
from project import ROOT
from tests.support import virtual
from tests.support.recording import record
from tests.support.stacks import raw_cluster
from toolchain.sdks.folders import providers, use_sdk

# The program does this for the stack's provider; these tests import the modules of all of them.
for provider in providers(ROOT):
    use_sdk(ROOT, provider)


def make_cluster(raw):
    """Return a program that creates the cluster of raw settings."""

    def program():
        stack = pulumi.get_stack()
        preflight = replace(preflight_of(stack, preview=True), checks=())
        settings, cluster = load_plan(raw, NOT_DEPLOYED, preflight)
        hypervisor = ask_hypervisor(settings, stack)
        hosts = make_hosts(settings, cluster, hypervisor)
        programs = Programs(rocketmq=plan_archive(settings), console=plan_console_program(cluster))
        export_cluster(cluster, hosts, Cluster("cluster", cluster, hosts, programs))

    return program


@pytest.fixture(scope="session")
def recorded():
    """Everything that the first update of stack local registers."""
    return record(make_cluster(raw_cluster()))


@pytest.fixture(scope="session")
def previewed():
    """Everything that the first preview of stack local registers."""
    return record(make_cluster(raw_cluster()), preview=True)


@pytest.fixture(scope="session")
def lab():
    """Everything that the first update of stack lab registers, without KVM."""
    with pytest.MonkeyPatch.context() as patch:
        virtual.answer(patch)
        return record(make_cluster(raw_cluster("lab")))


@pytest.fixture
def record_settings():
    """Record the cluster of other settings."""
    return lambda raw, **options: record(make_cluster(raw), **options)
