from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress

import pytest

from remoting.errors import AddressError, MalformedAnswerError, NotYetError, UnreachableError
from remoting.plan.plan import parse_plan
from remoting.replication.elected_groups import (
    ElectedGroup,
    GroupComparison,
    elected_listing_problems,
    elected_master,
    group_problems,
)
from remoting.requests.admin import ListedBroker
from tests.unit.remoting.plans import dledger_plan
from tests.unit.remoting.scripted_peer import (
    FakeBroker,
    FakeController,
    ScriptedPeer,
    listed_broker,
)

CLUSTER = "DefaultCluster"
FIRST, SECOND, THIRD = (f"10.0.0.1{number}:10911" for number in (1, 2, 3))
GROUP = ElectedGroup(CLUSTER, "broker-a", (FIRST, SECOND, THIRD))


def listed(addresses, cluster=CLUSTER, name="broker-a"):
    return ListedBroker(name, cluster, addresses)


@pytest.mark.parametrize(
    "addresses",
    [
        {0: FIRST, 2: SECOND, 3: THIRD},
        {0: THIRD, 1: FIRST, 2: SECOND},
        {1: FIRST, 0: SECOND, 7: THIRD},
    ],
)
def test_a_complete_group_is_no_problem_with_any_master_and_ids(addresses):
    assert group_problems(GROUP, listed(addresses)) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (None, "broker-a is missing"),
        (listed({0: FIRST, 2: SECOND}), f"{THIRD} of broker-a is missing"),
        (
            listed({1: FIRST, 2: SECOND, 3: THIRD}),
            "broker-a has no elected master (no id 0)",
        ),
        (
            listed({0: FIRST, 2: SECOND, 3: THIRD, 4: "10.0.0.14:1"}),
            "10.0.0.14:1 in broker-a is not planned",
        ),
        (
            listed({0: FIRST, 2: SECOND, 3: THIRD}, "Foreign"),
            "broker-a belongs to cluster Foreign instead of DefaultCluster",
        ),
    ],
)
def test_missing_and_unplanned_replicas_are_named(entry, problem):
    assert group_problems(GROUP, entry) == [problem]


def test_an_unplanned_group_is_named_along_with_the_planned_ones():
    found = {
        "broker-a": listed({0: FIRST, 2: SECOND, 3: THIRD}),
        "broker-z": listed({0: "10.0.0.9:1", 1: "10.0.0.8:1"}, name="broker-z"),
    }
    plan = parse_plan(dledger_plan())
    expected = ["broker-z is not planned (id 0 at 10.0.0.9:1, id 1 at 10.0.0.8:1)"]
    assert elected_listing_problems(plan, found) == expected
    del found["broker-z"]
    assert elected_listing_problems(plan, found) == []


def name_server(addresses):
    return FakeBroker(listed={"broker-a": listed_broker(addresses)} if addresses else {})


def master_told_by(*tables):
    with ExitStack() as stack:
        peers = [stack.enter_context(ScriptedPeer(name_server(table))) for table in tables]
        return elected_master([peer.address for peer in peers], GROUP, 1.0)


def test_the_master_is_the_one_that_every_name_server_lists():
    table = {0: SECOND, 1: FIRST, 3: THIRD}
    assert master_told_by(table, table) == SECOND


def test_name_servers_that_disagree_are_named_with_their_masters():
    expected = rf"different masters of broker-a: {SECOND} on .*, {FIRST} on "
    with pytest.raises(NotYetError, match=expected):
        master_told_by({0: SECOND, 1: FIRST, 3: THIRD}, {0: FIRST, 2: SECOND, 3: THIRD})


@pytest.mark.parametrize(
    ("table", "cause"),
    [({}, "broker-a is missing"), ({1: FIRST, 2: SECOND, 3: THIRD}, "has no elected master")],
)
def test_one_name_server_without_the_master_is_enough_to_wait(table, cause):
    whole = {0: SECOND, 1: FIRST, 3: THIRD}
    with pytest.raises(NotYetError, match=f"^name server 127.*{cause}"):
        master_told_by(whole, table)


@contextmanager
def serving(*replicas, controller=None, silent_controllers=()):
    """Serve a group whose first replica is the master; yield its comparison and the addresses."""
    with ExitStack() as stack:
        addresses = [stack.enter_context(ScriptedPeer(one)).address for one in replicas]
        table = dict(enumerate(addresses))
        server = stack.enter_context(ScriptedPeer(name_server(table)))
        controllers = list(silent_controllers)
        if controller is not None:
            controller.master = controller.master or addresses[0]
            controller.in_sync = controller.in_sync or tuple(addresses)
            controllers.append(stack.enter_context(ScriptedPeer(controller)).address)
        group = ElectedGroup(CLUSTER, "broker-a", tuple(addresses))
        yield GroupComparison([server.address], group, controllers), addresses


def test_replicas_that_hold_what_their_master_holds_are_in_sync():
    with serving(FakeBroker(100), FakeBroker(100), FakeBroker(100)) as (comparison, addresses):
        found = comparison.compare(1.0)
    assert (found.master, found.offsets) == (addresses[0], dict.fromkeys(addresses, 100))


def test_one_replica_behind_is_named_with_how_far():
    with (
        serving(FakeBroker(100), FakeBroker(100), FakeBroker(60)) as (comparison, addresses),
        pytest.raises(NotYetError, match=f"{addresses[2]} is 40 bytes behind its master"),
    ):
        comparison.compare(1.0)


def test_a_replica_that_holds_more_than_its_master_is_not_in_sync_yet():
    with (
        serving(FakeBroker(100), FakeBroker(130)) as (comparison, addresses),
        pytest.raises(NotYetError, match=f"{addresses[1]} holds 30 bytes that its master"),
    ):
        comparison.compare(1.0)


def test_what_a_replica_holds_must_be_indexed_before_it_counts():
    replica = FakeBroker(100, unindexed=24)
    with serving(FakeBroker(100), replica) as (comparison, addresses):
        with pytest.raises(NotYetError, match=f"{addresses[1]} holds 24 bytes .* not indexed yet"):
            comparison.compare(1.0)
        replica.unindexed = 0
        assert comparison.compare(1.0).offsets[addresses[1]] == 100


def test_a_replica_whose_answer_lacks_its_offsets_is_named():
    def empty(request):
        return request.answer(body=b'{"table":{"commitLogMaxOffset":"1"}}')

    with (
        serving(FakeBroker(1), empty) as (comparison, addresses),
        pytest.raises(MalformedAnswerError, match=rf"{addresses[1]} .*dispatchBehindBytes"),
    ):
        comparison.compare(1.0)


def test_a_replica_that_does_not_answer_is_named():
    with serving(FakeBroker(100)) as (comparison, addresses):
        group = ElectedGroup(CLUSTER, "broker-a", (addresses[0], "127.0.0.1:1"))
        with ScriptedPeer(name_server({0: addresses[0], 1: "127.0.0.1:1"})) as server:
            silent = GroupComparison([server.address], group)
            with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1"):
                silent.compare(1.0)
        assert comparison.compare(1.0).master == addresses[0]


def test_a_replica_that_lags_a_busy_master_reaches_what_it_held_at_the_first_comparison():
    master, replica = FakeBroker(100), FakeBroker(40)
    with serving(master, replica) as (comparison, _):
        for offset in (150, 200, 250):
            with pytest.raises(NotYetError, match="bytes behind"):
                comparison.compare(1.0)
            master.offset, replica.offset = offset, offset - 101
        found = comparison.compare(1.0)
    assert sorted(found.offsets.values()) == [149, 250]


def test_a_new_master_starts_the_comparison_again():
    first, second = FakeBroker(100), FakeBroker(40)
    with ScriptedPeer(first) as one, ScriptedPeer(second) as other:
        server = name_server({0: one.address, 1: other.address})
        with ScriptedPeer(server) as peer:
            group = ElectedGroup(CLUSTER, "broker-a", (one.address, other.address))
            comparison = GroupComparison([peer.address], group)
            with suppress(NotYetError):
                comparison.compare(1.0)
            # The old one dropped the tail that was never acknowledged.
            first.offset = 40
            server.listed = name_server({0: other.address, 1: one.address}).listed
            assert comparison.compare(1.0).master == other.address


def test_a_master_that_came_back_with_less_is_compared_as_it_is():
    master, replica = FakeBroker(100), FakeBroker(40)
    with serving(master, replica) as (comparison, _):
        with suppress(NotYetError):
            comparison.compare(1.0)
        master.offset = 40
        assert set(comparison.compare(1.0).offsets.values()) == {40}


def test_members_of_the_sync_state_set_that_hold_all_are_in_sync():
    with serving(FakeBroker(9), FakeBroker(9), controller=FakeController()) as (
        comparison,
        addresses,
    ):
        assert comparison.compare(1.0).master == addresses[0]


def test_equal_offsets_are_not_enough_outside_the_sync_state_set():
    controller = FakeController()
    with serving(FakeBroker(9), FakeBroker(9), controller=controller) as (comparison, addresses):
        controller.in_sync = (addresses[0],)
        with pytest.raises(NotYetError, match=f"{addresses[1]} is not in the SyncStateSet"):
            comparison.compare(1.0)
        controller.in_sync, controller.silent = tuple(addresses), (addresses[1],)
        with pytest.raises(NotYetError, match=f"{addresses[1]} is in .* sends no heartbeat"):
            comparison.compare(1.0)
        controller.in_sync, controller.silent = (*addresses, "10.0.0.9:1"), ()
        with pytest.raises(NotYetError, match=r"10\.0\.0\.9:1 is in .*, but not planned"):
            comparison.compare(1.0)


def test_a_member_of_the_sync_state_set_that_is_behind_is_not_in_sync():
    with (
        serving(FakeBroker(9), FakeBroker(8), controller=FakeController()) as (comparison, _),
        pytest.raises(NotYetError, match="1 bytes behind"),
    ):
        comparison.compare(1.0)


def test_controllers_and_name_servers_must_agree_on_the_master():
    controller = FakeController(master="10.0.0.9:1")
    with serving(FakeBroker(9), FakeBroker(9), controller=controller) as (comparison, addresses):
        expected = rf"elected 10\.0\.0\.9:1, the name servers list {addresses[0]}"
        with pytest.raises(NotYetError, match=expected):
            comparison.compare(1.0)
        controller.master = None
        with pytest.raises(NotYetError, match="the controllers elected none"):
            comparison.compare(1.0)


def test_the_leading_controller_is_found_beside_silent_and_following_ones():
    with ScriptedPeer(FakeController(leads=False)) as follower:
        others = ("127.0.0.1:1", follower.address)
        replicas = FakeBroker(9), FakeBroker(9)
        controller = FakeController()
        with serving(*replicas, controller=controller, silent_controllers=others) as (
            comparison,
            _,
        ):
            comparison.compare(1.0)
            controller.leads = False
            expected = (
                r"no leading controller knows broker-a: 127\.0\.0\.1:1 is unreach.*; .*\(2007\)"
            )
            with pytest.raises(NotYetError, match=expected):
                comparison.compare(1.0)
            controller.leads, controller.group = True, "broker-z"
            with pytest.raises(NotYetError, match="leads, but no broker of the group registered"):
                comparison.compare(1.0)


def test_a_controller_without_a_usable_address_is_never_waited_for():
    with (
        serving(FakeBroker(9), silent_controllers=("nonsense",)) as (comparison, _),
        pytest.raises(AddressError),
    ):
        comparison.compare(1.0)
