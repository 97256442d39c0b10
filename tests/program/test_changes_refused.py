"""The program plans around what the state says is deployed, in previews too."""

import pulumi
import pytest

from blueprint.plan.deployed import CLUSTER_TYPE
from components.services.processes import Broker
from tests.support.recording import Recorder, opened
from tests.support.stacks import changed, planned, raw_cluster

BOTH = pytest.mark.parametrize("preview", [True, False])
URN = "urn:pulumi:tested::rocketmq"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPw532/fcMNzQhJHtpYz7axCYTUw7QUxgxOyYeHSkyTP"


def state_after(raw):
    """Return what the engine's state holds after an update with these settings."""
    cluster = planned(raw)
    parts = {
        f"{URN}::{CLUSTER_TYPE}::cluster": {
            "type": CLUSTER_TYPE,
            "outputs": {"scheme": cluster.scheme.value, "replicas": cluster.replicas},
        }
    }
    for broker in cluster.brokers:
        parts[f"{URN}::{CLUSTER_TYPE}${Broker.TYPE}::{broker.name}"] = {
            "type": Broker.TYPE,
            "outputs": {"address": broker.address, **broker.placement},
        }
    return parts


def state_left_by(recorder):
    """Return what the engine's state holds of what was recorded; of a command, its triggers."""
    return {
        f"{URN}::{made.token}::{name}": {
            "type": made.token,
            "outputs": _outputs(
                recorder.outputs.get(name, {"triggers": made.inputs.get("triggers")})
            ),
        }
        for name, made in recorder.resources.items()
    }


def _outputs(recorded):
    """Return outputs as an answer has them, which is a secret as a whole."""
    return {key: opened(value) for key, value in recorded.items()}


@BOTH
@pytest.mark.parametrize("scheme", ["2m-noslave", "dledger", "controller"])
def test_a_switch_of_the_scheme_is_refused_before_any_resource(run_program, scheme, preview):
    recorder = Recorder(state=state_after(raw_cluster()))
    raw = changed(scheme=scheme, allowSharedHost=True)
    with pytest.raises(
        pulumi.RunError, match=rf"cluster\.scheme: cannot change from .* to '{scheme}'"
    ):
        run_program(raw, preview=preview, recorder=recorder)
    assert recorder.resources == {}


@BOTH
def test_a_switch_that_only_changes_properties_is_allowed(run_program, preview):
    recorder = Recorder(state=state_after(raw_cluster()))
    run_program(changed(scheme="2m-2s-async"), preview=preview, recorder=recorder)
    assert len(recorder.of_type(Broker.TYPE)) == 4


@BOTH
def test_brokers_stay_where_the_state_says_when_a_host_is_added(run_program, preview):
    raw = raw_cluster()
    state = state_after(raw)
    servers = raw["hosts"]["servers"]
    servers.insert(0, {"name": "server0", "address": "10.98.64.150", "memory": "4GiB"})
    raw["nameServers"] = 3
    moved = {broker.name: broker.host.name for broker in planned(raw).brokers}
    recorder = Recorder(state=state)
    exported = run_program(raw, preview=preview, recorder=recorder).exports["brokers"]
    stayed = {"broker-a": "server1", "broker-b": "server2"}
    stayed |= {"broker-a-s": "server2", "broker-b-s": "server1"}
    assert moved != stayed
    assert {broker["name"]: broker["host"] for broker in exported} == stayed


@BOTH
def test_a_renamed_host_is_refused_before_any_resource(run_program, preview):
    raw = changed(brokerGroups=["broker-a"])
    third = {"name": "server3", "address": "10.98.64.153", "memory": "4GiB"}
    raw["hosts"]["servers"].append(third)
    recorder = Recorder(state=state_left_by(run_program(raw)))
    third["name"] = "renamed"
    with pytest.raises(pulumi.RunError, match=r"'renamed' has the address of 'server3'"):
        run_program(raw, preview=preview, recorder=recorder)
    assert recorder.resources == {}


@BOTH
def test_a_renamed_server_is_known_by_its_host_key(run_program, preview):
    raw = changed("hosts", brokerGroups=["broker-a"])
    third = {**raw["hosts"]["servers"][1], "name": "server3", "address": "192.0.2.13"}
    raw["hosts"]["servers"].append({**third, "hostKey": ED25519})
    recorder = Recorder(state=state_left_by(run_program(raw)))
    raw["hosts"]["servers"][2] |= {"name": "renamed", "address": "192.0.2.99"}
    with pytest.raises(pulumi.RunError, match=r"'renamed' has the host key of 'server3'"):
        run_program(raw, preview=preview, recorder=recorder)
    assert recorder.resources == {}


def test_the_state_that_the_program_leaves_is_what_it_reads(run_program):
    recorder = run_program(raw_cluster())
    outputs = recorder.outputs
    found = {name: outputs[name] for name in ("broker-a", "broker-b-s", "cluster")}
    assert found["broker-a"] == {"address": "10.98.64.151:10911", "host": "server1", "slot": 0}
    assert found["broker-b-s"] == {"address": "10.98.64.151:11911", "host": "server1", "slot": 0}
    assert found["cluster"]["scheme"] == "2m-2s-sync"
    assert found["cluster"]["replicas"] == 2


@BOTH
def test_another_version_is_refused_before_any_resource_and_none_keeps_the_deployed_one(
    run_program, preview
):
    raw = raw_cluster()
    assert "version" not in raw
    recorder = Recorder(state=state_left_by(run_program(changed(version="5.3.3"))))
    with pytest.raises(pulumi.RunError, match=r"cannot change from 5\.3\.3, .* to 5\.5\.0: "):
        run_program(changed(version="5.5.0"), preview=preview, recorder=recorder)
    assert recorder.resources == {}
    run_program(raw, preview=preview, recorder=recorder)
    unit = recorder.resources["broker-a-unit"].inputs["stdin"]
    assert "ROCKETMQ_HOME=/usr/local/rocketmq/versions/5.3.3 " in unit
