"""What an operator should know about a plan that is not refused, one line each."""

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.rocketmq.property_rules import nearest_listed
from blueprint.rocketmq.versions import DEFAULT_VERSION, loses_topics_on_slaves, parse_version


def plan_warnings(cluster: ClusterSpec) -> tuple[str, ...]:
    """Return the warnings about a plan; none for most."""
    warnings = []
    if cluster.replicas > 1 and loses_topics_on_slaves(cluster.version):
        warnings.append(
            f"RocketMQ {cluster.version}: once a topic has attributes, slaves lose all topics at "
            "each change of a topic, for minutes, so nothing can be read from them then; "
            f"{DEFAULT_VERSION}, which new clusters get, keeps them"
        )
    listed = nearest_listed(cluster.version)
    if parse_version(cluster.version) > parse_version(listed):
        warnings.append(
            f"RocketMQ {cluster.version}: this program has no list of its properties and checks "
            f"them by {listed}'s; others can be set by uncheckedProperties"
        )
    if cluster.traits.legacy:
        warnings.append(f"scheme {cluster.scheme.value} is legacy: {cluster.traits.legacy}")
    return tuple(warnings)
