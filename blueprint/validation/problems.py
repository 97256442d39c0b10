"""Problems that only show when settings are compared with each other."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.deployed import NOT_DEPLOYED, DeployedState
from blueprint.plan.topology import plan_cluster
from blueprint.settings.cluster import ClusterSettings
from blueprint.validation.artifacts import _jar_problems, _version_problems
from blueprint.validation.capacity import (
    find_least_problems,
    find_memory_problems,
    find_port_problems,
)
from blueprint.validation.changes import find_change_problems
from blueprint.validation.placement import find_name_problems, find_placement_problems
from blueprint.validation.properties import find_property_problems
from blueprint.validation.servers import _server_problems

PLACING = frozenset(
    {
        "allowSharedHost",
        "brokerGroups",
        "controllers",
        "hosts",
        "nameServers",
        "ports",
        "proxy",
        "replicas",
        "scheme",
    }
)
"""The keys without which there is no plan worth a look."""

SIZING = frozenset({"brokers", "heap"})
"""The keys by which the memory of its processes is known."""


def find_problems(
    settings: ClusterSettings,
    deployed: DeployedState = NOT_DEPLOYED,
    unusable: AbstractSet[str] = frozenset(),
) -> tuple[str, ...]:
    """Return one line per problem: the key, its value, and what is allowed.

    Args:
        settings: what a person wrote.
        deployed: what the stack has made already.
        unusable: keys whose value here is not what was written; nothing is said by them.

    """
    problems = [*_version_problems(settings, unusable), *_property_problems(settings)]
    problems += find_least_problems(settings)
    problems += _jar_problems(settings, unusable)
    placement = [*_server_problems(settings, unusable)]
    placement += find_placement_problems(settings, unusable)
    if not placement and unusable.isdisjoint(PLACING):
        placement = [*find_change_problems(settings, deployed)]
        if not placement:
            placement = _plan_problems(plan_cluster(settings, deployed), unusable)
    return (*problems, *placement)


def _plan_problems(cluster: ClusterSpec, unusable: AbstractSet[str]) -> list[str]:
    problems = [*find_name_problems(cluster)]
    if problems:
        # Two brokers of one name share a placement, so the rest of the plan is wrong, too.
        return problems
    problems += find_port_problems(cluster)
    if unusable.isdisjoint(SIZING):
        problems += find_memory_problems(cluster)
    return problems


def _property_problems(settings: ClusterSettings) -> Iterator[str]:
    yield from find_property_problems("cluster.brokerProperties", settings.broker_properties)
    for position, group in enumerate(settings.broker_groups):
        key = f"cluster.brokerGroups[{position}].properties"
        yield from find_property_problems(key, group.properties)
    for name, broker in settings.brokers.items():
        yield from find_property_problems(f"cluster.brokers.{name}.properties", broker.properties)
