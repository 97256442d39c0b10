"""Dependencies: the program has the order of the plan."""

from itertools import pairwise

import pytest

from tests.support.stacks import planned, raw_cluster, ring

CLUSTER = planned(raw_cluster())
PROCESSES = [process.name for process in CLUSTER.processes]
HOST_OF = {process.name: process.host.name for process in CLUSTER.processes}
SERVICES = {f"{name}-service" for name in PROCESSES}
STEPS = [f"{name}-step" for name in PROCESSES]
HOSTS = [host.name for host in CLUSTER.hosts]


def _waits(recorded, name):
    return recorded.resources[name].depends_on


def _everything_before(recorded, name):
    found, left = set(), [name]
    while left:
        for before in _waits(recorded, left.pop()) - found:
            found.add(before)
            left.append(before)
    return found


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_created_then_passes_the_gate_then_is_prepared(recorded, host):
    chain = ["machine", "gate", "tools", "preparation", "plan"]
    for before, after in pairwise(chain):
        assert f"{host}-{before}" in _waits(recorded, f"{host}-{after}")
    assert "hosts-network" in _waits(recorded, f"{host}-machine")


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_are_created_and_prepared_in_parallel(recorded, host):
    others = {f"{other}-" for other in HOSTS if other != host}
    before = _everything_before(recorded, f"{host}-rocketmq-unpacked")
    assert {name for name in before if name.startswith(tuple(others))} == set()


@pytest.mark.parametrize("host", HOSTS)
def test_the_archive_is_uploaded_after_the_gate_and_unpacked_on_a_prepared_host(recorded, host):
    assert f"{host}-gate" in _waits(recorded, f"{host}-rocketmq-upload")
    # In parallel with the preparation, which installs Java.
    assert f"{host}-preparation" not in _everything_before(recorded, f"{host}-rocketmq-upload")
    assert {f"{host}-rocketmq-upload", f"{host}-preparation"} <= _waits(
        recorded, f"{host}-rocketmq-unpacked"
    )


@pytest.mark.parametrize("process", PROCESSES)
def test_a_service_starts_after_its_files_its_installation_and_the_plan_of_its_host(
    recorded, process
):
    host = HOST_OF[process]
    assert {
        f"{process}-properties",
        f"{process}-unit",
        f"{host}-rocketmq-unpacked",
        f"{host}-plan",
    } <= _waits(recorded, f"{process}-service")
    for role in ("properties", "unit"):
        assert f"{host}-preparation" in _waits(recorded, f"{process}-{role}")


@pytest.mark.parametrize("process", PROCESSES)
def test_no_service_waits_for_another_so_that_all_start_in_parallel(recorded, process):
    before = _everything_before(recorded, f"{process}-service")
    assert before & (SERVICES | set(STEPS)) == set()


@pytest.mark.parametrize("step", STEPS)
def test_every_service_is_started_before_the_first_step(recorded, step):
    assert _waits(recorded, step) >= SERVICES


def test_the_steps_are_a_chain_in_the_order_of_the_plan(recorded):
    edges = {
        (before, step) for step in STEPS for before in _waits(recorded, step) if before in STEPS
    }
    assert edges == set(pairwise(STEPS))
    assert STEPS == [
        "namesrv-server1-step",
        "namesrv-server2-step",
        "broker-a-step",
        "broker-b-step",
        "broker-a-s-step",
        "broker-b-s-step",
    ]


@pytest.mark.parametrize("process", PROCESSES)
def test_a_step_gets_the_outputs_of_its_own_files(recorded, process):
    step = recorded.resources[f"{process}-step"]
    files = {f"{process}-properties", f"{process}-unit"}
    assert files <= step.depends_on
    for name in files:
        assert f'{{"of": "{name}"}}' in step.inputs["stdin"]
    others = {f"{other}-{role}" for other in PROCESSES for role in ("properties", "unit")} - files
    assert step.depends_on & others == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_a_step_waits_for_the_plan_of_its_host_without_taking_its_output_as_input(
    recorded, process
):
    step = recorded.resources[f"{process}-step"]
    plan = f"{HOST_OF[process]}-plan"
    assert plan in step.depends_on
    assert f'{{"of": "{plan}"}}' not in step.inputs["stdin"]


@pytest.mark.parametrize("host", HOSTS)
def test_verification_waits_for_every_step_and_only_the_console_for_it(recorded, host):
    verification = f"{host}-verification"
    assert _waits(recorded, verification) >= {*STEPS, f"{host}-plan"}
    waiting = {
        found.name for found in recorded.resources.values() if verification in found.depends_on
    }
    assert waiting == {"console-verification", "console-service"}


def test_the_console_starts_with_its_files_after_the_verification_and_then_another_host_asks(
    recorded,
):
    files = {"console-unit", "console-builtin-login", "console-configuration", "server1-plan"}
    before = {*files, "console-program", "console-verification"}
    before |= {f"{host}-verification" for host in HOSTS}
    assert _waits(recorded, "console-service") >= before
    assert "console-service" in _waits(recorded, "console-check")
    assert {"console-upload", "server1-preparation"} <= _waits(recorded, "console-program")
    # Its files and program do not wait for the cluster.
    for name in (*files, "console-program"):
        assert _everything_before(recorded, name) & SERVICES == set()


@pytest.mark.parametrize("host", HOSTS)
def test_everything_on_the_hosts_comes_before_the_verification(recorded, host):
    before = _everything_before(recorded, f"{host}-verification")
    remote = {
        found.name
        for found in recorded.resources.values()
        if found.token.startswith("command:")
        and not found.name.endswith("-verification")
        and not found.name.startswith("console-")
    }
    assert before >= remote


@pytest.mark.parametrize(("groups", "hosts"), [(1, 2), (5, 3)])
def test_the_chain_follows_the_plan_for_any_size(record_settings, groups, hosts):
    raw = ring(groups, hosts)
    steps = [f"{process.name}-step" for process in planned(raw).processes]
    found = record_settings(raw)
    for step, before in zip(steps, [None, *steps], strict=False):
        waited = found.resources[step].depends_on & set(steps)
        assert waited == ({before} if before else set())
