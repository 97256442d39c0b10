"""The rules of every resource over SSH, and of what a clone may put into an input."""

import getpass
import json
import shlex
from pathlib import Path, PurePosixPath

import pulumi
import pytest
from pulumi_command import remote

from blueprint.hosts.logins import Login
from blueprint.rendering.plan_file import render_plan
from blueprint.rendering.processes import render_configuration, render_unit
from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512
from components.hosts.over_ssh import HostAccess, RemoteFile, make_file, make_state
from machines.nspawn.identity import planned_identity
from project import ROOT
from tests.support.recording import (
    LOCAL_COMMAND,
    PASSWORD,
    PRIVATE_MARK,
    REMOTE_COMMAND,
    UPLOAD,
    Secret,
    Unknown,
    opened,
    record,
    texts_in,
)
from tests.support.stacks import changed, planned, raw_cluster

CLUSTER = planned(raw_cluster())
HOSTS = [host.name for host in CLUSTER.hosts]


def _remote(recorded):
    found = recorded.of_type(REMOTE_COMMAND, UPLOAD)
    assert len(found) > 30
    return found


def _host_of(resource):
    return next(host for host in HOSTS if resource.deleted_with == f"{host}-machine")


def test_every_remote_resource_is_deleted_with_the_machine_that_it_connects_to(recorded):
    address_of = {host.name: host.address for host in CLUSTER.hosts}
    for resource in _remote(recorded):
        connection = opened(resource.inputs["connection"])
        assert opened(connection["host"]) == address_of[_host_of(resource)], resource.name


def test_every_remote_resource_is_deleted_before_it_is_replaced(recorded):
    assert [r.name for r in _remote(recorded) if not r.delete_before_replace] == []


def test_a_trigger_is_the_identity_of_the_host_and_nothing_else(recorded):
    for resource in _remote(recorded):
        identity = planned_identity("tested", _host_of(resource)).incarnation
        assert resource.inputs["triggers"] == [identity], resource.name


def test_no_command_gets_its_previous_output_in_its_environment(recorded):
    for resource in recorded.of_type(REMOTE_COMMAND, LOCAL_COMMAND):
        assert resource.inputs["addPreviousOutputInEnv"] is False, resource.name


def test_every_connection_pins_its_host_key_and_encrypts_the_login_key(recorded):
    for resource in _remote(recorded):
        sealed = resource.inputs["connection"]
        assert isinstance(sealed, Secret), resource.name
        host = _host_of(resource)
        assert opened(sealed.value["hostKey"]) == (
            f"ssh-ed25519 AAAApublic-of-{host}-host-key-pair test"
        )
        assert f"{PRIVATE_MARK}hosts-login-key-pair" in opened(sealed.value["privateKey"])


def test_every_remote_command_can_be_undone(recorded):
    for resource in recorded.of_type(REMOTE_COMMAND):
        assert resource.inputs["delete"].strip(), resource.name


def test_a_change_of_the_properties_changes_no_command_but_for_the_length(record_settings):
    commands = []
    for hours in (48, 720):
        found = record_settings(changed(brokerProperties={"fileReservedTime": hours}))
        commands.append(
            {
                r.name: (_without_length(r.inputs), r.inputs["delete"])
                for r in found.of_type(REMOTE_COMMAND)
            }
        )
    assert commands[0] == commands[1]


def _without_length(inputs):
    words = shlex.split(inputs["create"])
    if words[0].endswith("/put-file"):
        assert words.pop(4) == _length(inputs)
    return words


def test_the_length_of_a_sealed_text_is_sent_in_a_command_that_is_not_sealed(recorded):
    inputs = recorded.resources["console-builtin-login"].inputs
    assert isinstance(inputs["stdin"], Secret)
    assert shlex.split(inputs["create"])[4] == _length(inputs)


def test_a_preview_shows_the_whole_command_of_a_file_whose_text_is_known(previewed):
    inputs = previewed.resources["broker-a-properties"].inputs
    assert shlex.split(inputs["create"])[4] == _length(inputs)


def test_a_host_has_the_tool_that_takes_a_length_before_the_first_file_is_sent(recorded):
    files = [r for r in recorded.of_type(REMOTE_COMMAND) if "/put-file " in r.inputs["create"]]
    assert len(files) > 2 * len(CLUSTER.processes)
    for file in files:
        assert f"{_host_of(file)}-tools" in _all_before(recorded, file), file.name


def _all_before(recorded, resource):
    before, todo = set(), [resource]
    while todo:
        new = todo.pop().depends_on - before
        before |= new
        todo += [recorded.resources[name] for name in new if name in recorded.resources]
    return before


def test_a_changed_property_changes_only_the_brokers_files(record_settings):
    before, after = (
        record_settings(changed(brokerProperties={"fileReservedTime": hours}))
        for hours in (48, 72)
    )
    differing = {
        name
        for name, found in after.resources.items()
        if found.inputs != before.resources[name].inputs
    }
    assert differing == {f"{broker.name}-properties" for broker in CLUSTER.brokers}


def test_a_state_has_a_fixed_command_and_its_script_as_input(recorded):
    files = ("-properties", "-unit", "-plan", "-login", "-configuration", "console-verification")
    for resource in recorded.of_type(REMOTE_COMMAND):
        if not resource.name.endswith(files):
            assert resource.inputs["create"] == "bash -s ensure", resource.name
            assert resource.inputs["delete"] == "bash -s remove", resource.name
            assert "set -euo pipefail" in opened(resource.inputs["stdin"]), resource.name


def _length(inputs):
    return str(len(opened(inputs["stdin"]).encode()))


@pytest.mark.parametrize("process", CLUSTER.processes, ids=lambda process: process.name)
def test_the_input_of_a_file_is_exactly_its_rendered_text(recorded, process):
    resources = recorded.resources
    properties = resources[f"{process.name}-properties"].inputs
    unit = resources[f"{process.name}-unit"].inputs
    assert properties["stdin"] == render_configuration(CLUSTER, process)
    assert unit["stdin"] == render_unit(CLUSTER, process, maven_sha512(DEFAULT_VERSION))
    paths = process.paths
    former = [str(path) for path in CLUSTER.former_conf_files(process)]
    words = [str(paths.conf_file), "0640", "root:rocketmq", _length(properties), *former]
    assert shlex.split(properties["create"])[1:] == words
    words = [str(paths.unit_file), "0644", "root:root", _length(unit)]
    assert shlex.split(unit["create"])[1:] == words
    removal = 'cat >/dev/null; rm -f "$1"'
    assert shlex.split(properties["delete"]) == ["sh", "-c", removal, "sh", str(paths.conf_file)]


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_holds_the_same_plan(recorded, host):
    plan = recorded.resources[f"{host}-plan"].inputs["stdin"]
    assert plan == render_plan(CLUSTER)
    assert {broker["name"] for broker in json.loads(plan)["brokers"]} == {
        broker.name for broker in CLUSTER.brokers
    }


def test_an_upload_names_its_source_relative_to_the_project(recorded):
    for resource in recorded.of_type(UPLOAD):
        path = PurePosixPath(resource.inputs["source"]["path"])
        assert not path.is_absolute()
        assert path.parts[:2] == (".state", "archive")


def test_no_input_differs_between_two_clones_users_or_homes(recorded):
    own = {str(ROOT), str(Path.home())} - {"/", f"/{getpass.getuser()}"}
    for resource in recorded.resources.values():
        for text, _ in texts_in(resource.inputs):
            assert [path for path in own if path in text] == [], resource.name


def test_the_working_directory_of_no_local_command_is_an_input(recorded):
    for resource in recorded.of_type(LOCAL_COMMAND):
        assert "dir" not in resource.inputs, resource.name
        assert "environment" not in resource.inputs, resource.name


def test_a_private_key_is_only_in_connections_and_secret_inputs(recorded):
    seen = 0
    for resource in recorded.resources.values():
        for key, value in resource.inputs.items():
            for text, sealed in texts_in(value):
                if PRIVATE_MARK in text:
                    seen += 1
                    assert sealed, f"{resource.name}.{key}"
                    assert key in {"connection", "stdin"}, f"{resource.name}.{key}"
    assert seen > 30


def test_a_machine_gets_its_own_host_key_and_no_private_login_key(recorded):
    for host in HOSTS:
        spec = json.loads(opened(recorded.resources[f"{host}-machine"].inputs["stdin"]))
        assert f"{PRIVATE_MARK}{host}-host-key-pair" in spec["host_key_private"]
        assert PRIVATE_MARK not in json.dumps({**spec, "host_key_private": ""})
        assert spec["authorized_key"] == "ssh-ed25519 AAAApublic-of-hosts-login-key-pair test"


def test_the_command_that_generates_a_key_has_secret_outputs_and_no_log(recorded):
    pairs = [r for r in recorded.of_type(LOCAL_COMMAND) if r.name.endswith("-pair")]
    assert len(pairs) == 1 + len(HOSTS)
    for pair in pairs:
        assert set(pair.secret_outputs) == {"stdout", "stderr"}
        assert pair.inputs["logging"] == "none"
        assert set(pair.ignored) == {"create", "stdin"}


def test_no_resource_logs_its_stdout(recorded):
    for resource in recorded.of_type(REMOTE_COMMAND, LOCAL_COMMAND):
        assert resource.inputs["logging"] in {"none", "stderr"}, resource.name
    for host in HOSTS:
        # Its report for programs is on the other stream.
        verification = recorded.resources[f"{host}-verification"].inputs
        assert verification["logging"] == "stderr"
        assert " --json " in verification["stdin"]


def test_the_password_of_the_console_is_a_secret_and_only_hashed_on_its_host(
    recorded,
):
    holding = {
        (resource.name, key, sealed)
        for resource in recorded.resources.values()
        for key, value in resource.inputs.items()
        for text, sealed in texts_in(value)
        if PASSWORD in text
    }
    assert holding == {("console-check", "stdin", True)}
    login = recorded.resources["console-builtin-login"].inputs["stdin"]
    assert isinstance(login, Secret)
    assert login.value.startswith("scrypt$8192$8$1$")
    made = recorded.resources["console-password-made"]
    assert set(made.secret_outputs) == {"stdout", "stderr"}
    assert made.inputs["logging"] == "none"
    assert set(made.ignored) == {"create", "stdin"}


def test_another_generation_is_another_password(record_settings):
    def triggers(generation):
        console = {"kind": "builtin", "passwordGeneration": generation}
        found = record_settings(changed(console=console))
        return found.resources["console-password-made"].inputs["triggers"]

    assert triggers(1) != triggers(2)


def test_only_the_gate_waits_long_for_a_host(recorded):
    for resource in _remote(recorded):
        assert bool(resource.create_timeout) is resource.name.endswith("-gate"), resource.name


def test_machines_are_created_and_removed_by_the_projects_own_module(recorded):
    for host in HOSTS:
        inputs = recorded.resources[f"{host}-machine"].inputs
        assert inputs["create"] == "python3 -m machines machine"
        assert inputs["delete"] == "python3 -m machines remove"
    network = recorded.resources["hosts-network"].inputs
    assert network["delete"] == "python3 -m machines remove-network"


def test_the_first_preview_registers_the_same_resources(recorded, previewed):
    assert previewed.resources.keys() == recorded.resources.keys()


def test_the_first_preview_shows_the_text_of_every_file(previewed):
    for process in CLUSTER.processes:
        stdin = previewed.resources[f"{process.name}-properties"].inputs["stdin"]
        assert stdin == render_configuration(CLUSTER, process)


def test_the_first_preview_knows_neither_keys_nor_what_a_step_will_be_given(previewed):
    assert previewed.resources["broker-a-step"].inputs["stdin"] == Unknown()
    assert previewed.resources["server1-gate"].inputs["connection"] == Secret(Unknown())
    assert all(r.delete_before_replace for r in _remote(previewed))


@pytest.fixture
def of_another_user():
    spec = CLUSTER.hosts[0]
    connection = remote.ConnectionArgs(host=spec.address, user="admin")
    host = HostAccess(
        spec=spec,
        user="admin",
        connection=connection,
        login=Login(
            host=spec.name, address=spec.address, user="admin", host_key="ssh-ed25519 AAAA"
        ),
        identity="generation-1",
        boot_id="generation-1:1",
        machine=None,
    )

    def program():
        parent = pulumi.ComponentResource("rocketmq:test:Parent", "parent")
        path = PurePosixPath("/etc/a file")
        file = RemoteFile(path=path, mode="0644", owner="root:root", text="a\n")
        make_file("file", host, file, host.options(parent, []))
        make_state("state", host, "script", host.options(parent, []))

    return record(program)


def test_a_user_other_than_root_uses_sudo_without_a_password(of_another_user):
    for name in ("file", "state"):
        for command in ("create", "delete"):
            words = shlex.split(of_another_user.resources[name].inputs[command])
            assert words[:2] == ["sudo", "-n"]


def test_a_file_of_the_former_release_is_deleted_by_the_command_that_it_recorded(of_another_user):
    """It calls no tool: one that a later release installs may take other arguments."""
    assert of_another_user.resources["file"].inputs["delete"] == (
        """sudo -n sh -c 'cat >/dev/null; rm -f "$1"' sh '/etc/a file'"""
    )


def test_a_path_with_a_space_stays_one_word(of_another_user):
    inputs = of_another_user.resources["file"].inputs
    assert shlex.split(inputs["create"])[3] == "/etc/a file"
    assert shlex.split(inputs["delete"])[-1] == "/etc/a file"


def test_resources_on_a_host_that_is_not_a_resource_have_no_deleted_with(of_another_user):
    assert of_another_user.resources["file"].deleted_with == ""
