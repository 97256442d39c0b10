"""Problems of valid fields: alone, compared with each other, and of the plan they mean."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.rocketmq.versions import DEFAULT_VERSION, is_version
from blueprint.settings.cluster import ClusterSettings
from blueprint.validation.artifacts import find_jar_problems, find_version_problems
from blueprint.validation.capacity import (
    find_least_problems,
    find_memory_problems,
    find_port_problems,
)
from blueprint.validation.placement import find_name_problems, find_placement_problems
from blueprint.validation.properties import find_property_problems
from blueprint.validation.servers import find_server_problems
from blueprint.validation.unchecked_properties import find_unchecked_problems

LAYOUT_KEYS = frozenset(
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
"""The keys that decide where processes run; a plan without one of them is not worth checking."""

MEMORY_KEYS = frozenset({"brokers", "heap"})
"""The keys that decide the memory of processes."""


def find_value_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    """Iterate over problems of versions, archives, properties and sizes, save `unusable` keys."""
    yield from find_version_problems(settings, unusable)
    yield from _property_problems(settings)
    yield from find_least_problems(settings)
    yield from find_jar_problems(settings, unusable)


def find_layout_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    """Iterate over problems of servers and of what runs on them, save `unusable` keys."""
    yield from find_server_problems(settings, unusable)
    yield from find_placement_problems(settings, unusable)


def find_plan_problems(cluster: ClusterSpec, unusable: AbstractSet[str]) -> Iterator[str]:
    """Iterate over names, ports and memory of the plan that collide or do not fit."""
    problems = [*find_name_problems(cluster)]
    if problems:
        # Two brokers of one name share a placement, so the rest of the plan is wrong, too.
        yield from problems
        return
    yield from find_port_problems(cluster)
    if unusable.isdisjoint(MEMORY_KEYS):
        yield from find_memory_problems(cluster)


def _property_problems(settings: ClusterSettings) -> Iterator[str]:
    # What is no version is reported already.
    version = settings.version if is_version(settings.version) else DEFAULT_VERSION
    places = {
        "cluster.brokerProperties": (settings.broker_properties, settings.unchecked_properties)
    }
    for position, group in enumerate(settings.broker_groups):
        place = f"cluster.brokerGroups[{position}].properties"
        places[place] = group.properties, group.unchecked_properties
    for name, broker in settings.brokers.items():
        place = f"cluster.brokers.{name}.properties"
        places[place] = broker.properties, broker.unchecked_properties
    for place, (properties, unchecked) in places.items():
        yield from find_property_problems(place, properties, version)
        yield from find_unchecked_problems(place, unchecked, version)
