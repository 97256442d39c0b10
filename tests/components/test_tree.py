"""The tree of resources."""

import importlib
import re
from collections import Counter

import pytest

from project import ROOT
from tests.support import virtual
from tests.support.recording import LOCAL_COMMAND, REMOTE_COMMAND, UPLOAD
from tests.support.stacks import STACKS, planned, raw_cluster, ring

CLUSTER = planned(raw_cluster())
HOSTS = [host.name for host in CLUSTER.hosts]
PROCESSES = [process.name for process in CLUSTER.processes]


def _declared_types():
    found = {}
    for path in sorted((ROOT / "components").rglob("[!_]*.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for value in vars(module).values():
            token = getattr(value, "TYPE", None)
            if isinstance(value, type) and value.__module__ == module.__name__ and token:
                found[token] = value
    return found


def test_the_type_of_every_component_is_its_module_and_class():
    for token, kind in _declared_types().items():
        assert re.fullmatch(r"rocketmq:[a-z_]+:[A-Z]\w+", token)
        assert token.split(":")[2] == kind.__name__


def test_every_component_is_in_some_tree(record_settings, monkeypatch):
    virtual.answer(monkeypatch)
    elected = ring(2, 3, scheme="controller", proxy={"hosts": ["server1"]})
    stacks = [*(raw_cluster(stack) for stack in STACKS), elected]
    trees = [record_settings(raw).resources.values() for raw in stacks]
    in_a_tree = {found.token for tree in trees for found in tree if not found.custom}
    assert in_a_tree == set(_declared_types())


def test_every_resource_of_a_provider_is_one_of_three_kinds(recorded):
    custom = {found.token for found in recorded.resources.values() if found.custom}
    assert custom == {LOCAL_COMMAND, REMOTE_COMMAND, UPLOAD}


def test_the_two_roots_are_the_hosts_and_the_cluster(recorded):
    assert recorded.children_of("rocketmq-tested") == {"hosts", "cluster"}


def test_every_provider_resource_has_one_of_our_components_as_parent(recorded):
    for found in recorded.resources.values():
        if found.custom:
            assert recorded.resources[found.parent].token in _declared_types(), found.name


def test_the_children_of_the_cluster_are_hosts_installs_processes_and_checks(recorded):
    installs = {f"{host}-rocketmq" for host in HOSTS}
    joins = {"cluster-roll-out", "cluster-verification"}
    assert recorded.children_of("cluster") == {*HOSTS, *installs, *PROCESSES, *joins, "console"}


@pytest.mark.parametrize("host", HOSTS)
def test_a_prepared_host_is_gate_tools_preparation_and_plan(recorded, host):
    roles = ("gate", "tools", "preparation", "plan")
    assert recorded.children_of(host) == {f"{host}-{role}" for role in roles}


@pytest.mark.parametrize("host", HOSTS)
def test_an_install_is_an_upload_and_an_unpacked_archive(recorded, host):
    names = {f"{host}-rocketmq-upload", f"{host}-rocketmq-unpacked"}
    assert recorded.children_of(f"{host}-rocketmq") == names


def test_an_archive_that_hosts_download_is_not_uploaded(record_settings):
    source = {"source": "url", "url": "file:///mirror/a.zip", "sha512": "ab" * 64}
    found = record_settings({**raw_cluster(), "artifact": source})
    assert [upload.name for upload in found.of_type(UPLOAD)] == ["console-upload"]
    for host in HOSTS:
        assert "/mirror/a.zip" in found.resources[f"{host}-rocketmq-unpacked"].inputs["stdin"]


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_is_two_files_and_a_service(recorded, process):
    roles = ("properties", "unit", "service")
    assert recorded.children_of(process) == {f"{process}-{role}" for role in roles}


def test_there_is_one_step_per_process_and_one_verification_per_host(recorded):
    assert recorded.children_of("cluster-roll-out") == {f"{name}-step" for name in PROCESSES}
    expected = {f"{host}-verification" for host in HOSTS}
    assert recorded.children_of("cluster-verification") == expected


@pytest.mark.parametrize(("groups", "hosts"), [(1, 2), (3, 2), (4, 5)])
def test_any_number_of_groups_and_hosts_has_the_same_parts(record_settings, groups, hosts):
    found = record_settings(ring(groups, hosts, nameServers=2))
    counts = Counter(resource.token for resource in found.resources.values())
    assert counts["rocketmq:broker:Broker"] == 2 * groups
    assert counts["rocketmq:name_server:NameServer"] == 2
    assert counts["rocketmq:prepared_host:PreparedHost"] == hosts
    assert counts[UPLOAD] == hosts + 1
    # Per host gate, tools, preparation, plan, unpacked, verification; per process four; seven of
    # the console.
    assert counts[REMOTE_COMMAND] == 6 * hosts + 4 * (2 * groups + 2) + 7
