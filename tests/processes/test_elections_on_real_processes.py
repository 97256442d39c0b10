"""Groups that elect their master lose it under load; the tests run in file order.

Acknowledged messages are counted: each must be readable from the next elected master.
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from remoting.checks.elections import check_group_in_sync
from remoting.checks.messages import ensure_topic
from remoting.commands.main import EXIT_FAILED, EXIT_OK
from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.connection import Connection
from remoting.replication.elected_groups import GroupComparison
from remoting.requests.admin import cluster_info, topic_config
from remoting.requests.messages import read_topic
from tests.processes.elected_groups import GROUP, ElectedCluster, make_elected_cluster
from tests.processes.instances import running
from tests.processes.test_checks_on_real_processes import ready, verify, wait_until_answering
from tests.support.counting import count_messages
from tests.support.numbered_producer import NumberedProducer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from remoting.replication.elected_groups import GroupOffsets
    from tests.processes.instances import Instance

pytestmark = pytest.mark.processes
START_SECONDS = 60
ELECTION_SECONDS = 60
TOPIC = "election-test"


@pytest.fixture(scope="module", params=["dledger", "controller"])
def cluster(
    request: pytest.FixtureRequest, rocketmq: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ElectedCluster]:
    folder = tmp_path_factory.mktemp(request.param)
    made = make_elected_cluster(folder, rocketmq, request.param)
    try:
        with running(made.instances):
            yield made
    finally:
        shutil.rmtree(folder)


def wait_for_group(cluster: ElectedCluster, seconds: float) -> GroupOffsets:
    controllers = [one.address for one in cluster.controllers]
    comparison = GroupComparison(cluster.name_server_addresses, cluster.group, controllers)
    return check_group_in_sync(comparison, Deadline.after(seconds))


def bodies_on(instance: Instance) -> list[int]:
    with Connection(instance.address) as connection:
        return [int(message.body) for message in read_topic(connection, TOPIC)]


def count_on(instance: Instance) -> int:
    with Connection(instance.address) as connection:
        return count_messages(connection, TOPIC, queues=1)


@contextmanager
def producing(cluster: ElectedCluster) -> Iterator[NumberedProducer]:
    """Send until the end of the context; add what was acknowledged to the cluster's numbers."""
    servers = cluster.name_server_addresses
    with NumberedProducer(servers, GROUP, TOPIC, sent=cluster.next_number) as producer:
        yield producer
    cluster.acknowledged |= producer.acknowledged.keys()
    cluster.next_number = producer.sent


def masters_seen(cluster: ElectedCluster, seconds: float) -> set[str]:
    """Watch the name servers for a while; return every master that one of them listed."""
    seen: set[str] = set()
    deadline = Deadline.after(seconds)
    while deadline.remaining_seconds:
        for address in cluster.name_server_addresses:
            with Connection(address) as connection:
                listed = cluster_info(connection).get(GROUP)
            seen |= {listed.addresses[0]} if listed and 0 in listed.addresses else set()
        time.sleep(0.1)
    return seen


def wait_for_topic_on_every_replica(cluster: ElectedCluster) -> None:
    def attempt(_: float) -> None:
        for replica in cluster.replicas:
            with Connection(replica.address) as connection:
                if topic_config(connection, TOPIC) is None:
                    cause = f"{replica.address} has no {TOPIC}"
                    raise NotYetError(cause)

    poll(attempt, Check("topic", TOPIC, "broker.log"), Deadline.after(START_SECONDS))


def test_controllers_agree_on_a_leader_and_the_last_replica_waits_for_the_group(
    cluster: ElectedCluster, tmp_path: Path
):
    plan = cluster.write_plan(tmp_path)
    leaders = set()
    for number in range(1, len(cluster.controllers) + 1):
        code, out, err = ready(plan, f"controller-{number}")
        assert (code, err) == (EXIT_OK, "")
        leaders.add(json.loads(out)["checks"]["ready"])
    assert len(leaders) == min(1, len(cluster.controllers))
    assert leaders <= {f"led by {controller.address}" for controller in cluster.controllers}
    for number in range(1, len(cluster.replicas) + 1):
        code, out, err = ready(plan, f"broker-a-{number}")
        assert (code, err) == (EXIT_OK, "")
        is_last = number == len(cluster.replicas)
        assert ("in-sync" in json.loads(out)["checks"]) == is_last


def test_a_started_group_elects_a_master_and_becomes_in_sync(cluster: ElectedCluster):
    found = wait_for_group(cluster, START_SECONDS)
    assert set(found.offsets) == {replica.address for replica in cluster.replicas}
    assert found.master == cluster.master().address
    # The others copy it later: in up to 13 s, or a master that is elected before lacks it.
    ensure_topic(found.master, TOPIC, 5)


def test_a_healthy_group_is_verified_on_each_host(cluster: ElectedCluster, tmp_path: Path):
    plan = cluster.write_plan(tmp_path)
    for number in range(1, len(cluster.replicas) + 1):
        code, out, err = verify(plan, f"server{number}", timeout=30)
        assert (code, err) == (EXIT_OK, "")
        assert "ok: elected, in-sync, send-and-read, routed" in out


def test_every_acknowledged_message_outlives_a_killed_master(
    cluster: ElectedCluster, record_testsuite_property: Callable[[str, object], None]
):
    wait_for_topic_on_every_replica(cluster)
    killed = cluster.master()
    with producing(cluster) as producer:
        producer.wait_for(200, 30)
        killed.kill()
        pause = producer.wait_for(100, ELECTION_SECONDS, by_other_than=killed.address)
    record_testsuite_property(
        f"seconds_until_{cluster.election}_acknowledged_again", round(pause, 2)
    )
    (elected,) = set(producer.acknowledged.values()) - {killed.address}
    stored = bodies_on(next(one for one in cluster.replicas if one.address == elected))
    assert cluster.acknowledged - set(stored) == set()
    assert len(stored) == len(set(stored))
    # What was not acknowledged may be stored as well: no more than one per failed send.
    assert len(stored) <= len(cluster.acknowledged) + len(producer.failures)


def test_a_killed_master_comes_back_as_a_replica_in_sync(cluster: ElectedCluster):
    (killed,) = (one for one in cluster.replicas if one.process is None)
    killed.start()
    assert wait_for_group(cluster, START_SECONDS).master != killed.address
    counts = {replica.address: count_on(replica) for replica in cluster.replicas}
    assert len(set(counts.values())) == 1, counts
    assert counts[killed.address] >= len(cluster.acknowledged) >= 300


def test_a_lost_replica_stops_no_writes_and_fails_verification_by_name(
    cluster: ElectedCluster, tmp_path: Path
):
    master = cluster.master()
    lost = next(one for one in cluster.replicas if one is not master)
    with producing(cluster) as producer:
        producer.wait_for(20, 30)
        lost.kill()
        producer.wait_for(100, 30)
    assert set(producer.acknowledged.values()) == {master.address}
    host = f"server{cluster.replicas.index(master) + 1}"
    code, _, err = verify(cluster.write_plan(tmp_path), host, timeout=1)
    assert code == EXIT_FAILED
    assert f"{lost.address} of broker-a is missing" in err


def test_a_replica_that_lacks_acknowledged_messages_is_not_elected_and_none_is_lost(
    cluster: ElectedCluster,
):
    (stale,) = (one for one in cluster.replicas if one.process is None)
    others = [one for one in cluster.replicas if one is not stale]
    for other in others:
        other.kill()
    stale.start()
    wait_until_answering(stale)
    assert masters_seen(cluster, seconds=6) == set()
    assert count_on(stale) < len(cluster.acknowledged)
    for other in others:
        other.start()
    wait_for_group(cluster, 2 * START_SECONDS)
    counts = {replica.address: count_on(replica) for replica in cluster.replicas}
    assert len(set(counts.values())) == 1, counts
    assert cluster.acknowledged - set(bodies_on(cluster.master())) == set()
