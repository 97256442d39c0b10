"""Scheme dledger: two groups of three replicas on three hosts."""

import pytest

from tests.schemes.election import ELECTED_SECONDS, elect_and_count

pytestmark = pytest.mark.schemes


@pytest.fixture(scope="module")
def cluster(bring_up):
    return bring_up(servers=3, scheme="dledger")


def test_after_a_killed_master_the_next_one_has_every_acknowledged_message(
    cluster, record_property
):
    gap = elect_and_count(cluster)
    record_property("seconds without an acknowledged message", round(gap, 1))
    assert gap < ELECTED_SECONDS
