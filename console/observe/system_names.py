"""Which topics and consumer groups are RocketMQ's own, or this program's."""

from __future__ import annotations

from remoting.checks.messages import VERIFICATION_TOPIC

NORMAL, RETRY, DEAD_LETTER, SYSTEM = "normal", "retry", "deadLetter", "system"

SYSTEM_TOPICS = frozenset(
    {
        "TBW102",
        "SCHEDULE_TOPIC_XXXX",
        "BenchmarkTest",
        "SELF_TEST_TOPIC",
        "OFFSET_MOVED_EVENT",
        "RMQ_SYS_TRANS_HALF_TOPIC",
        "RMQ_SYS_TRACE_TOPIC",
        "RMQ_SYS_TRANS_OP_HALF_TOPIC",
        "TRANS_CHECK_MAX_TIME_TOPIC",
        VERIFICATION_TOPIC,
    }
)
"""As `TopicValidator` of RocketMQ lists them."""

SYSTEM_GROUPS = frozenset(
    {
        "DEFAULT_CONSUMER",
        "DEFAULT_PRODUCER",
        "TOOLS_CONSUMER",
        "SCHEDULE_CONSUMER",
        "FILTERSRV_CONSUMER",
        "__MONITOR_CONSUMER",
        "CLIENT_INNER_PRODUCER",
        "SELF_TEST_P_GROUP",
        "SELF_TEST_C_GROUP",
        "CID_ONS-HTTP-PROXY",
        "CID_ONSAPI_PERMISSION",
        "CID_ONSAPI_OWNER",
        "CID_ONSAPI_PULL",
        "CID_SYS_RMQ_TRANS",
    }
)
"""As `MixAll` of RocketMQ lists them."""


def topic_kind(name: str, own_names: frozenset[str]) -> str:
    """Return what a topic is for.

    Args:
        name: the topic's.
        own_names: of the cluster and its broker groups, each of which is a topic, too.

    """
    if name.startswith("%RETRY%"):
        return RETRY
    if name.startswith("%DLQ%"):
        return DEAD_LETTER
    ours = name in SYSTEM_TOPICS or name in own_names
    if ours or name.startswith(("rmq_sys_", "RMQ_SYS_")) or name.endswith("_REPLY_TOPIC"):
        return SYSTEM
    return NORMAL


def is_system_group(name: str) -> bool:
    """Tell RocketMQ's own consumer groups from those of users."""
    return name in SYSTEM_GROUPS or name.startswith("CID_RMQ_SYS_")
