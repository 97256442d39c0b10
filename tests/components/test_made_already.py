"""The history is read by the components' own type tokens."""

from blueprint.history import BROKER_TYPE, CLUSTER_TYPE
from components.broker import Broker
from components.cluster import Cluster


def test_the_state_is_searched_for_the_types_that_the_components_have():
    assert (CLUSTER_TYPE, BROKER_TYPE) == (Cluster.TYPE, Broker.TYPE)
