"""What an operator should know about a plan that is not refused, one line each."""

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.rocketmq.versions import DEFAULT_VERSION, loses_topics_on_slaves


def plan_warnings(cluster: ClusterSpec) -> tuple[str, ...]:
    """Return the warnings about a plan; none for most."""
    warnings = []
    if cluster.replicas > 1 and loses_topics_on_slaves(cluster.version):
        warnings.append(
            f"RocketMQ {cluster.version}: once a topic has attributes, slaves lose all topics at "
            "each change of a topic, for minutes, so nothing can be read from them then; "
            f"{DEFAULT_VERSION}, which new clusters get, keeps them"
        )
    if cluster.traits.legacy:
        warnings.append(f"scheme {cluster.scheme.value} is legacy: {cluster.traits.legacy}")
    return tuple(warnings)
