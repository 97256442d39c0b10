"""What is read from the stack's state."""

import grpc
import pytest

from blueprint.errors import StateError
from blueprint.plan.deployed import (
    BROKER_TYPE,
    CLUSTER_TYPE,
    COMMAND_TYPE,
    HOST_TYPE,
    NOT_DEPLOYED,
    DeployedState,
    Placement,
    deployed_state_of,
)
from blueprint.rocketmq.schemes import Scheme
from components import deployed_state
from components.cluster import Cluster
from components.deployed_state import ATTEMPTS, read_deployed_state
from components.hosts.prepared_host import PreparedHost
from components.services.install import RocketmqInstall
from components.services.processes import Broker
from tests.support.recorded_states import RECORDED, recorded_state
from tests.support.recording import Recorder, record

HALF_WRITTEN = "failed to load checkpoint: EOF"
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


def test_a_new_stack_has_nothing_deployed():
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


def test_the_name_follows_the_last_separator_of_the_urn():
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


class EngineError(grpc.RpcError):
    """A call that the engine answers with an error."""

    def __init__(self, cause):
        super().__init__(cause)
        self.cause = cause

    def code(self):
        return grpc.StatusCode.UNKNOWN

    def details(self):
        return f"invocation of {deployed_state.READ_OUTPUTS} returned an error: {self.cause}"


class Unreadable(Recorder):
    """A state that is read `failures` times with an error before it is read whole."""

    def __init__(self, cause, failures):
        super().__init__(state=broker("broker-a", outputs={"host": "server1", "slot": 0}))
        self.cause, self.failures, self.asked = cause, failures, 0

    def call(self, args):
        self.asked += 1
        if self.asked <= self.failures:
            raise EngineError(self.cause)
        return super().call(args)


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr(deployed_state, "PAUSE_SECONDS", 0)


@pytest.mark.usefixtures("no_pause")
@pytest.mark.parametrize("cause", [HALF_WRITTEN, "failed to load checkpoint: unexpected EOF"])
@pytest.mark.parametrize("failures", [1, ATTEMPTS - 1])
def test_a_state_that_is_being_written_is_read_again(cause, failures):
    found = []
    recorder = Unreadable(cause, failures)
    record(lambda: found.append(read_deployed_state()), recorder=recorder)
    assert found[0].placements.keys() == {"broker-a"}
    assert recorder.asked == failures + 1


@pytest.mark.usefixtures("no_pause")
@pytest.mark.parametrize(
    ("cause", "asked"), [(HALF_WRITTEN, ATTEMPTS), ('unknown stack "tested"', 1)]
)
def test_a_state_that_cannot_be_read_ends_the_program_in_one_line(cause, asked):
    recorder = Unreadable(cause, failures=ATTEMPTS)
    with pytest.raises(StateError) as raised:
        record(read_deployed_state, recorder=recorder)
    assert str(raised.value) == (
        f"stack tested: its state cannot be read: {cause}; "
        "once `pulumi stack export --stack tested` works, run this again"
    )
    assert recorder.asked == asked


def test_an_answer_without_a_list_of_resources_is_no_empty_state():
    class Silent(Recorder):
        def call(self, args):
            super().call(args)
            return {"name": "tested"}

    with pytest.raises(StateError, match="the engine answered"):
        record(read_deployed_state, recorder=Silent())


def install(name, version, *, unpacked=True):
    made = {
        f"{URN}::{CLUSTER_TYPE}${RocketmqInstall.TYPE}::{name}": {
            "type": RocketmqInstall.TYPE,
            "outputs": {"version": version},
        }
    }
    if unpacked:
        command = {"type": COMMAND_TYPE, "outputs": {}}
        made[f"{URN}::{RocketmqInstall.TYPE}${COMMAND_TYPE}::{name}-unpacked"] = command
    return made


def test_the_version_is_that_of_an_archive_that_was_unpacked():
    state = install("server1-rocketmq", "5.3.3") | install("server2-rocketmq", "5.3.3")
    assert deployed_state_in(state) == DeployedState(version="5.3.3")


def test_a_version_that_was_never_unpacked_is_not_deployed():
    assert deployed_state_in(install("a-rocketmq", "5.99.0", unpacked=False)) == NOT_DEPLOYED
    state = install("a-rocketmq", "5.99.0", unpacked=False) | install("b-rocketmq", "5.3.3")
    assert deployed_state_in(state).version == "5.3.3"


@pytest.mark.parametrize("name", RECORDED)
def test_the_version_of_a_state_recorded_by_an_earlier_release_is_read(name):
    resources = recorded_state(name)["deployment"]["resources"]
    deployed = deployed_state_of((resource["urn"], resource) for resource in resources)
    assert deployed.version == "5.3.3"
