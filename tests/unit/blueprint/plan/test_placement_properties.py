"""Properties of the placement in every cluster, of any scheme and size."""

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.deployed import DeployedState, Placement
from blueprint.plan.processes import BrokerSpec
from blueprint.rocketmq.schemes import TRAITS, Scheme
from tests.support.stacks import planned, ring

CLOSE_PORTS = {"step": 20}
"""So that every broker of forty groups finds its ports on a single host."""

# The same examples at each run, and nothing written: a failure is the change's, not the day's.
reproducible = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@dataclass(frozen=True)
class Case:
    """A cluster to plan."""

    scheme: Scheme
    replicas: int
    groups: int
    hosts: int
    further: bool

    @property
    def raw(self) -> dict:
        """Return its `cluster` object."""
        raw = ring(
            self.groups,
            self.hosts,
            scheme=self.scheme.value,
            replicas=self.replicas,
            allowSharedHost=True,
            ports=CLOSE_PORTS,
            metrics=self.further,
        )
        if self.further:
            raw["proxy"] = {"hosts": [server["name"] for server in raw["hosts"]["servers"]]}
        return raw


def plan(case: Case, deployed: DeployedState | None = None, **changes) -> ClusterSpec:
    raw = {**case.raw, **changes}
    known = deployed or DeployedState()
    return planned(raw, known)


def deployed_state_of(cluster: ClusterSpec) -> DeployedState:
    placements = {b.name: Placement(host=b.host.name, slot=b.slot) for b in cluster.brokers}
    return DeployedState(scheme=cluster.scheme, placements=placements)


@st.composite
def cases(draw, schemes=tuple(Scheme), *, roomy=False) -> Case:
    scheme = draw(st.sampled_from(schemes))
    replicas = draw(st.sampled_from(TRAITS[scheme].replicas))
    return Case(
        scheme=scheme,
        replicas=replicas,
        groups=draw(st.integers(1, 40)),
        hosts=draw(st.integers(replicas if roomy else 1, 12)),
        further=draw(st.booleans()),
    )


CLASSIC = tuple(scheme for scheme in Scheme if not TRAITS[scheme].is_elected)
ELECTED = tuple(scheme for scheme in Scheme if TRAITS[scheme].is_elected)
WITH_REPLICAS = tuple(scheme for scheme in Scheme if max(TRAITS[scheme].replicas) > 1)


def spread(cluster: ClusterSpec, brokers: tuple[BrokerSpec, ...]) -> int:
    counts = Counter(broker.host.name for broker in brokers)
    numbers = [counts[host.name] for host in cluster.hosts]
    return max(numbers) - min(numbers)


def groups_of(cluster: ClusterSpec) -> list[tuple[BrokerSpec, ...]]:
    groups = dict.fromkeys(broker.group for broker in cluster.brokers)
    return [tuple(b for b in cluster.brokers if b.group == group) for group in groups]


def what_must_stay(cluster: ClusterSpec) -> dict[str, object]:
    return {
        b.name: (b.group, b.broker_id, b.self_id, b.host, b.slot, b.named_ports, b.paths)
        for b in cluster.brokers
    }


@reproducible
@given(case=cases())
def test_replicas_of_a_group_share_a_host_only_if_there_are_too_few(case):
    most = -(-case.replicas // case.hosts)
    for group in groups_of(plan(case)):
        counts = Counter(broker.host.name for broker in group)
        assert len(group) == case.replicas
        assert max(counts.values()) <= most


@reproducible
@given(case=cases())
def test_hosts_of_a_new_cluster_differ_by_one_broker_at_most(case):
    cluster = plan(case)
    assert spread(cluster, cluster.brokers) <= 1


@reproducible
@given(case=cases(CLASSIC, roomy=True))
def test_hosts_of_a_new_cluster_differ_by_one_master_and_one_slave_at_most(case):
    cluster = plan(case)
    assert spread(cluster, cluster.masters) <= 1
    # No rule that places group by group does better where two of three replicas meet four hosts.
    uneven = (case.replicas, case.hosts, case.groups % 4) == (3, 4, 2)
    assert spread(cluster, cluster.slaves) <= (2 if uneven else 1)


@reproducible
@given(case=cases(WITH_REPLICAS), further_hosts=st.integers(1, 4))
def test_the_loss_of_any_one_host_leaves_every_group_readable(case, further_hosts):
    cluster = plan(replace(case, hosts=case.hosts + further_hosts))
    for lost in cluster.hosts:
        for group in groups_of(cluster):
            assert [broker for broker in group if broker.host != lost]


@reproducible
@given(case=cases(ELECTED, roomy=True))
def test_the_loss_of_any_one_host_leaves_every_election_a_majority(case):
    cluster = plan(case)
    for lost in cluster.hosts:
        if case.scheme is Scheme.DLEDGER:
            for group in groups_of(cluster):
                left = [broker for broker in group if broker.host != lost]
                assert len(left) * 2 > len(group)
        elif case.hosts >= len(cluster.controllers):
            left = [one for one in cluster.controllers if one.host != lost]
            assert len(left) * 2 > len(cluster.controllers)


@reproducible
@given(case=cases(), hosts=st.integers(0, 3), groups=st.integers(0, 5))
def test_added_hosts_and_groups_move_no_deployed_broker(case, hosts, groups):
    before = plan(case)
    grown = replace(case, hosts=case.hosts + hosts, groups=case.groups + groups)
    after = plan(grown, deployed_state_of(before))
    stayed = what_must_stay(before)
    assert len(after.brokers) == len(before.brokers) + groups * case.replicas
    assert {name: what_must_stay(after)[name] for name in stayed} == stayed


@reproducible
@given(case=cases())
def test_an_added_group_is_placed_on_empty_hosts(case):
    before = plan(case)
    grown = replace(case, hosts=case.hosts + case.replicas, groups=case.groups + 1)
    after = plan(grown, deployed_state_of(before))
    taken = {broker.host for broker in before.brokers}
    *_, added = groups_of(after)
    assert {broker.host for broker in added}.isdisjoint(taken)
    assert len({broker.host for broker in added}) == case.replicas


@reproducible
@given(case=cases(), data=st.data())
def test_removing_a_group_moves_no_other(case, data):
    before = plan(replace(case, groups=case.groups + 1))
    raw = replace(case, groups=case.groups + 1).raw
    gone = data.draw(st.sampled_from(raw["brokerGroups"]))
    left = [name for name in raw["brokerGroups"] if name != gone]
    after = plan(case, deployed_state_of(before), brokerGroups=left)
    stayed = what_must_stay(before)
    assert {broker.group for broker in after.brokers} == set(left)
    assert what_must_stay(after).items() <= stayed.items()


@reproducible
@given(case=cases(), data=st.data())
def test_a_group_that_replaces_a_removed_one_takes_no_port_or_store_of_another(case, data):
    before = plan(case)
    names = list(case.raw["brokerGroups"])
    names[data.draw(st.integers(0, case.groups - 1))] = "another"
    after = plan(case, deployed_state_of(before), brokerGroups=names)
    assert_nothing_is_shared(after)


@reproducible
@given(case=cases())
def test_no_two_processes_of_a_host_share_a_name_port_store_unit_or_home(case):
    assert_nothing_is_shared(plan(case))


def assert_nothing_is_shared(cluster: ClusterSpec) -> None:
    assert len({process.name for process in cluster.processes}) == len(cluster.processes)
    for host in cluster.hosts:
        processes = cluster.services_on(host)
        ports = [port for process in processes for port in process.ports]
        assert len(ports) == len(set(ports))
        for place in ("unit", "user_home", "conf_file", "runtime_directory", "started_from"):
            taken = [getattr(process.paths, place) for process in processes]
            assert len(taken) == len(set(taken)), place
        stores = [process.paths.store for process in processes if process.paths.store]
        assert len(stores) == len(set(stores))
    for group in groups_of(cluster):
        assert len({broker.position for broker in group}) == len(group)
        ids = [broker.broker_id for broker in group if broker.broker_id is not None]
        assert len(ids) == len(set(ids))
    # A store is told from every other of the cluster: a data disk may come to another host.
    stores = [broker.paths.store for broker in cluster.brokers]
    assert len(stores) == len(set(stores))


@reproducible
@given(case=cases())
def test_the_same_settings_give_the_same_plan(case):
    first = plan(case)
    assert plan(case) == first
    assert plan(case, deployed_state_of(first)) == first


@pytest.mark.parametrize("count", [3, 5])
@pytest.mark.parametrize("hosts", [1, 2, 3, 4, 5, 12])
def test_controllers_are_spread_over_the_hosts_in_turn(count, hosts):
    case = Case(Scheme.CONTROLLER, 2, 2, hosts, further=True)
    cluster = plan(case, controllers=count)
    assert [c.self_id for c in cluster.controllers] == [f"n{n}" for n in range(count)]
    assert spread(cluster, cluster.controllers) <= 1
    assert_nothing_is_shared(cluster)
