"""What is read from the stack's state."""

import pytest

from blueprint.plan.deployed import (
    BROKER_TYPE,
    CLUSTER_TYPE,
    COMMAND_TYPE,
    HOST_TYPE,
    NOT_DEPLOYED,
    DeployedState,
    Placement,
)
from blueprint.rocketmq.schemes import Scheme
from components.cluster import Cluster
from components.deployed_state import read_deployed_state
from components.hosts.prepared_host import PreparedHost
from components.services.processes import Broker
from tests.support.recording import Recorder, record

URN = "urn:pulumi:tested::rocketmq"


def deployed_state_in(state):
    """Return what is read from a state, by URN the type and the outputs."""
    found = []
    record(lambda: found.append(read_deployed_state()), recorder=Recorder(state=state))
    (deployed,) = found
    return deployed


def broker(name, **outputs):
    return {f"{URN}::{CLUSTER_TYPE}${Broker.TYPE}::{name}": {"type": Broker.TYPE, **outputs}}


def cluster(**outputs):
    return {f"{URN}::{CLUSTER_TYPE}::cluster": {"type": CLUSTER_TYPE, "outputs": outputs}}


def test_a_new_stack_has_nothing():
    assert deployed_state_in({}) == NOT_DEPLOYED


def test_scheme_replicas_and_placements_are_read():
    state = cluster(scheme="dledger", replicas=3) | broker(
        "broker-a-n0", outputs={"host": "server1", "slot": 0}
    )
    assert deployed_state_in(state) == DeployedState(
        scheme=Scheme.DLEDGER,
        replicas=3,
        placements={"broker-a-n0": Placement(host="server1", slot=0)},
    )


def test_the_scheme_is_read_from_a_state_without_replicas():
    assert deployed_state_in(cluster(scheme="2m-2s-sync")) == DeployedState(scheme=Scheme.SYNC)


def test_a_slot_that_the_engine_returns_as_a_float_is_an_integer():
    deployed = deployed_state_in(broker("broker-a", outputs={"host": "server1", "slot": 1.0}))
    assert deployed.placements == {"broker-a": Placement(host="server1", slot=1)}
    assert isinstance(deployed.placements["broker-a"].slot, int)


@pytest.mark.parametrize("rest", [{}, {"outputs": None}, {"outputs": {}}])
def test_a_broker_that_an_interrupted_update_left_without_outputs_has_no_placement(rest):
    assert deployed_state_in(broker("broker-a", **rest)) == NOT_DEPLOYED


def test_the_name_is_what_stands_after_the_last_separator_of_the_urn():
    state = {
        f"urn:pulumi:a::b::{CLUSTER_TYPE}$x:y:Z${Broker.TYPE}::broker-b-s": {
            "type": Broker.TYPE,
            "outputs": {"host": "server2", "slot": 0},
        }
    }
    assert deployed_state_in(state).placements.keys() == {"broker-b-s"}


@pytest.mark.parametrize("kind", ["rocketmq:name_server:NameServer", "command:remote:Command", ""])
def test_resources_of_other_types_are_ignored(kind):
    outputs = {"host": "server1", "slot": 0, "scheme": "dledger"}
    assert deployed_state_in({f"{URN}::{kind}::broker-a": {"type": kind, "outputs": outputs}}) == (
        NOT_DEPLOYED
    )


def test_a_resource_without_a_type_is_ignored():
    assert deployed_state_in({f"{URN}::x::broker-a": {"outputs": {"slot": 0}}}) == NOT_DEPLOYED


def test_the_addresses_of_prepared_hosts_are_read():
    state = {
        f"{URN}::{HOST_TYPE}::server1": {"type": HOST_TYPE, "outputs": {"address": "192.0.2.11"}},
        f"{URN}::{HOST_TYPE}::server2": {"type": HOST_TYPE},
    }
    assert deployed_state_in(state) == DeployedState(addresses={"server1": "192.0.2.11"})


@pytest.mark.parametrize(
    ("triggers", "keys"),
    [
        (["server1:12ab:3"], {"server1": "12ab"}),
        # Identities of machines, and of a resource without one.
        (["c0ffee012345"], {}),
        (["6a8f3c1e-3b56-4a51-9b7e-0f6d2f2a7c11"], {}),
        ([None], {}),
        (None, {}),
    ],
)
def test_host_keys_are_read_from_what_servers_of_provider_existing_hold(triggers, keys):
    outputs = {"triggers": triggers}
    state = {f"{URN}::{COMMAND_TYPE}::x": {"type": COMMAND_TYPE, "outputs": outputs}}
    assert deployed_state_in(state) == DeployedState(host_keys=keys)


def test_the_state_is_searched_for_the_types_that_the_components_have():
    known = (CLUSTER_TYPE, BROKER_TYPE, HOST_TYPE)
    assert known == (Cluster.TYPE, Broker.TYPE, PreparedHost.TYPE)
