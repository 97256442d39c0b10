"""Which changes a deployed cluster can take, and which are refused with a reason."""

import base64
import itertools
from dataclasses import replace

import pytest

from blueprint.errors import SettingsError
from blueprint.hosts.ssh_keys import fingerprint
from blueprint.load import Preflight, load_plan
from blueprint.plan.deployed import NOT_DEPLOYED, DeployedState, Placement
from blueprint.rocketmq.schemes import TRAITS, Scheme
from blueprint.rocketmq.versions import DEFAULT_VERSION
from tests.support.refusals import LONGEST_LINE
from tests.support.stacks import changed, planned, ring, settings_of

HEADER = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
KEYS = [f"ssh-ed25519 {base64.b64encode(HEADER + bytes([n] * 32)).decode()}" for n in range(4)]


def made(raw, deployed=NOT_DEPLOYED):
    """Return what the state knows after an update with these settings."""
    cluster = planned(raw, deployed)
    placements = {b.name: Placement(host=b.host.name, slot=b.slot) for b in cluster.brokers}
    controllers = tuple(controller.name for controller in cluster.controllers)
    return DeployedState(
        scheme=cluster.scheme,
        replicas=cluster.replicas,
        controllers=controllers,
        placements=placements,
        addresses={host.name: host.address for host in cluster.hosts},
    )


def refused(raw, deployed):
    """Return the only line of the refusal."""
    with pytest.raises(SettingsError) as error:
        settings_of(raw, deployed=deployed)
    (line,) = error.value.problems
    assert len(line) < LONGEST_LINE
    assert "\n" not in line
    return line


IN_PLACE = {(Scheme.ASYNC, Scheme.SYNC), (Scheme.SYNC, Scheme.ASYNC)}
SWITCHES = list(itertools.permutations(Scheme, 2))
REASONS = {
    (Scheme.NOSLAVE, Scheme.ASYNC): "stores of new slaves cannot be seeded yet",
    (Scheme.NOSLAVE, Scheme.SYNC): "stores of new slaves cannot be seeded yet",
    (Scheme.NOSLAVE, Scheme.DLEDGER): "a log of its own format",
    (Scheme.NOSLAVE, Scheme.CONTROLLER): "the stores lack the records",
    (Scheme.ASYNC, Scheme.NOSLAVE): "would remove the extra copies",
    (Scheme.ASYNC, Scheme.DLEDGER): "a log of its own format",
    (Scheme.ASYNC, Scheme.CONTROLLER): "the stores lack the records",
    (Scheme.SYNC, Scheme.NOSLAVE): "would remove the extra copies",
    (Scheme.SYNC, Scheme.DLEDGER): "a log of its own format",
    (Scheme.SYNC, Scheme.CONTROLLER): "the stores lack the records",
    (Scheme.DLEDGER, Scheme.NOSLAVE): "a log of its own format",
    (Scheme.DLEDGER, Scheme.ASYNC): "a log of its own format",
    (Scheme.DLEDGER, Scheme.SYNC): "a log of its own format",
    (Scheme.DLEDGER, Scheme.CONTROLLER): "a log of its own format",
    (Scheme.CONTROLLER, Scheme.NOSLAVE): "whichever replica was elected last",
    (Scheme.CONTROLLER, Scheme.ASYNC): "whichever replica was elected last",
    (Scheme.CONTROLLER, Scheme.SYNC): "whichever replica was elected last",
    (Scheme.CONTROLLER, Scheme.DLEDGER): "a log of its own format",
}


def test_every_switch_of_the_scheme_is_allowed_or_has_a_reason():
    assert set(SWITCHES) == IN_PLACE | REASONS.keys()
    assert IN_PLACE.isdisjoint(REASONS)


@pytest.mark.parametrize(("was", "wanted"), REASONS)
def test_a_switch_that_would_lose_messages_is_refused_with_its_reason(was, wanted):
    line = refused(ring(2, 3, scheme=wanted.value), made(ring(2, 3, scheme=was.value)))
    assert line.startswith(
        f"cluster.scheme: cannot change from '{was.value}' to '{wanted.value}': "
    )
    assert REASONS[was, wanted] in line
    assert f"put '{was.value}' back, or make a new cluster" in line


@pytest.mark.parametrize("wanted", [Scheme.ASYNC, Scheme.SYNC])
def test_adding_slaves_is_refused_since_they_would_not_copy_old_messages(wanted):
    line = refused(ring(2, 3, scheme=wanted.value), made(ring(2, 3, scheme="2m-noslave")))
    assert "stores of new slaves cannot be seeded yet" in line
    assert "copies only the last file of its master's log" in line


@pytest.mark.parametrize(("was", "wanted"), sorted(IN_PLACE))
@pytest.mark.parametrize("replicas", [2, 3])
def test_between_async_and_sync_every_broker_stays(was, wanted, replicas):
    before = made(ring(3, 4, scheme=was.value, replicas=replicas))
    after = made(ring(3, 4, scheme=wanted.value, replicas=replicas), before)
    assert after.placements == before.placements


@pytest.mark.parametrize(("was", "wanted"), [("strict", "degrade"), ("degrade", "strict")])
def test_the_replication_mode_may_change(was, wanted):
    before = made(ring(2, 2, replication=was))
    assert made(ring(2, 2, replication=wanted), before) == before


@pytest.mark.parametrize("scheme", Scheme)
def test_unchanged_settings_are_accepted_after_an_update(scheme):
    for replicas in TRAITS[scheme].replicas:
        raw = ring(3, 5, scheme=scheme.value, replicas=replicas)
        assert made(raw, made(raw)) == made(raw)


REPLICAS = [
    (scheme, was, wanted, recorded)
    for scheme in Scheme
    for was, wanted in itertools.permutations(TRAITS[scheme].replicas, 2)
    for recorded in (True, False)
    # Not recorded, fewer elected replicas look like those of an interrupted first update.
    if recorded or was > wanted or not TRAITS[scheme].is_elected
]


@pytest.mark.parametrize(("scheme", "was", "wanted", "recorded"), REPLICAS)
def test_another_number_of_replicas_is_refused(scheme, was, wanted, recorded):
    before = made(ring(2, 5, scheme=scheme.value, replicas=was))
    if not recorded:
        before = DeployedState(scheme=before.scheme, placements=before.placements)
    line = refused(ring(2, 5, scheme=scheme.value, replicas=wanted), before)
    assert line.startswith(f"cluster.replicas: cannot change from {was} to {wanted}: ")
    assert f"write {was}, or make a new cluster" in line
    reason = "would remove" if was > wanted else "cannot"
    assert reason in line


def test_an_interrupted_first_update_can_be_continued():
    for scheme in Scheme:
        raw = ring(2, 3, scheme=scheme.value)
        whole = made(raw)
        first, placement = next(iter(whole.placements.items()))
        part = DeployedState(scheme=scheme, replicas=whole.replicas, placements={first: placement})
        assert made(raw, part).placements.keys() == whole.placements.keys()
        assert (
            made(raw, DeployedState(scheme=scheme, placements={first: placement})).placements[
                first
            ]
            == placement
        )


@pytest.mark.parametrize("scheme", Scheme)
def test_removing_a_host_that_holds_stores_is_refused_with_their_brokers(scheme):
    raw = ring(4, 4, scheme=scheme.value)
    before = made(raw)
    gone = raw["hosts"]["servers"].pop()["name"]
    held = {name for name, placement in before.placements.items() if placement.host == gone}
    assert held
    with pytest.raises(SettingsError) as error:
        settings_of(raw, deployed=before)
    lines = error.value.problems
    assert len(lines) == len(held)
    for line in lines:
        assert line.startswith(f"cluster.hosts.servers: {gone!r} is not among them")
        assert "keep the server, or remove the group" in line


def test_a_host_without_brokers_can_be_removed():
    raw = ring(1, 3)
    before = made(raw)
    raw["hosts"]["servers"].pop()
    assert made(raw, before).placements == before.placements


def test_a_host_can_be_removed_together_with_its_groups():
    raw = ring(2, 4)
    before = made(raw)
    raw["brokerGroups"].pop()
    used = {before.placements[name].host for name in ("broker-0", "broker-0-s")}
    servers = raw["hosts"]["servers"]
    raw["hosts"]["servers"] = [server for server in servers if server["name"] in used]
    assert made(raw, before).placements.items() <= before.placements.items()


@pytest.mark.parametrize("stays", [True, False], ids=["new name", "name of another host"])
def test_a_host_without_brokers_cannot_be_renamed(stays):
    raw = ring(1, 4)
    before = made(raw)
    third, fourth = raw["hosts"]["servers"][2:]
    assert {placement.host for placement in before.placements.values()} == {"server1", "server2"}
    if stays:
        third["name"] = "server9"
    else:
        raw["hosts"]["servers"].remove(third)
        fourth["address"] = third["address"]
    name = raw["hosts"]["servers"][2]["name"]
    line = refused(raw, before)
    assert line.startswith(
        f"cluster.hosts.servers[2].name: {name!r} has the address of 'server3', which is deployed"
    )
    assert f"whose removal would wipe {name!r}" in line
    assert "keep the name 'server3', or remove the server, apply that, then add it as" in line


def existing(*names, key=None):
    """Return the object of stack hosts with servers of these names, each with a key of its own."""
    raw = changed("hosts", brokerGroups=["broker-a"])
    servers = dict.fromkeys(names, raw["hosts"]["servers"][0])
    raw["hosts"]["servers"] = [
        {**server, "name": name, "address": f"192.0.2.{11 + n}", "hostKey": key or KEYS[n]}
        for n, (name, server) in enumerate(servers.items())
    ]
    return raw


def deployed_servers(raw):
    servers = settings_of(raw).hosts.servers
    keys = {server.name: fingerprint(server.host_key) for server in servers}
    return replace(made(raw), host_keys=keys)


def test_a_server_recognized_by_its_host_key_cannot_be_renamed():
    before = deployed_servers(existing("server1", "server2", "server3"))
    raw = existing("server1", "server2", "edge")
    raw["hosts"]["servers"][2]["address"] = "192.0.2.99"
    line = refused(raw, before)
    assert "servers[2].name: 'edge' has the host key of 'server3', which is deployed" in line


def test_a_server_with_its_own_key_and_address_may_take_the_place_of_a_removed_one():
    before = deployed_servers(existing("server1", "server2", "server3"))
    raw = existing("server1", "server2", "edge")
    raw["hosts"]["servers"][2] |= {"address": "192.0.2.99", "hostKey": KEYS[3]}
    assert made(raw, before).placements == before.placements


def test_servers_cloned_with_their_host_key_can_be_removed_one_by_one():
    before = deployed_servers(existing("server1", "server2", "server3", key=KEYS[0]))
    raw = existing("server1", "server2", key=KEYS[0])
    assert made(raw, before).placements == before.placements


def test_moving_a_broker_is_refused_with_the_host_of_its_store():
    raw = ring(1, 3)
    before = made(raw)
    raw["brokerGroups"] = [{"name": "broker-0", "hosts": ["server3", "server2"]}]
    line = refused(raw, before)
    assert line.startswith("cluster.brokerGroups[0].hosts: broker-0 is on 'server1'")
    assert "cannot be moved to 'server3' yet; name 'server1' there" in line


def test_naming_the_hosts_where_the_brokers_already_are_is_accepted():
    raw = ring(1, 3)
    before = made(raw)
    hosts = [before.placements[name].host for name in ("broker-0", "broker-0-s")]
    raw["brokerGroups"] = [{"name": "broker-0", "hosts": hosts}]
    assert made(raw, before) == before


def test_controllers_stay_where_their_stores_are():
    before = made(ring(2, 2, scheme="controller", allowSharedHost=True))
    assert before.controllers == (
        "controller-server1",
        "controller-server2",
        "controller-server1-2",
    )
    line = refused(ring(2, 3, scheme="controller", allowSharedHost=True), before)
    assert line.startswith("cluster.controllers: ")
    assert "controller-server1-2" in line
    assert "empty store" in line


def test_the_number_of_controllers_is_fixed_and_hosts_can_be_added():
    before = made(ring(2, 5, scheme="controller"))
    assert "keep their number" in refused(ring(2, 5, scheme="controller", controllers=5), before)
    assert made(ring(2, 6, scheme="controller"), before).controllers == before.controllers


def test_a_deployed_stack_keeps_its_version_until_its_file_names_another_one():
    raw = ring(2, 2)
    for version in ("5.2.0", "5.3.3", "5.5.0"):
        before = replace(made(raw), version=version)
        assert planned(raw, before).version == version
        assert planned({**raw, "version": version}, before).version == version
        assert "version" not in raw


def test_a_new_stack_gets_the_default_version():
    assert planned(ring(2, 2)).version == DEFAULT_VERSION


@pytest.mark.parametrize(
    ("was", "wanted"),
    [("5.3.3", "5.5.0"), ("5.5.0", "5.3.3"), ("5.2.0", "5.3.3"), ("5.3.3", "5.2.0")],
)
def test_another_version_than_the_deployed_one_is_refused_in_one_line(was, wanted):
    raw = ring(2, 2, version=wanted)
    assert refused(raw, replace(made(ring(2, 2)), version=was)) == (
        f"cluster.version: cannot change from {was}, which is deployed, to {wanted}: brokers "
        f"cannot be rolled to another version yet; write {was}, or leave it out, which keeps the "
        "deployed one"
    )


def test_a_version_that_is_refused_is_not_looked_for_on_this_computer():
    checks = (lambda _: pytest.fail("asked"),)
    deployed = replace(made(ring(2, 2)), version="5.3.3")
    with pytest.raises(SettingsError, match=r"cluster\.version: cannot change"):
        load_plan(ring(2, 2, version="5.5.0"), deployed, Preflight(checks=checks))


def test_a_version_is_refused_beside_other_changes():
    deployed = replace(made(ring(2, 2)), version="5.3.3")
    with pytest.raises(SettingsError) as error:
        settings_of(ring(2, 2, version="5.5.0", scheme="2m-noslave"), deployed=deployed)
    keys = [line.partition(": ")[0] for line in error.value.problems]
    assert keys == ["cluster.version", "cluster.scheme"]


def test_no_new_stack_gets_a_version_below_5_3_0_and_a_deployed_one_keeps_it():
    raw = ring(2, 2, version="5.2.0")
    assert "CVE-2024-23321" in refused(raw, NOT_DEPLOYED)
    assert planned(raw, replace(made(ring(2, 2)), version="5.2.0")).version == "5.2.0"
