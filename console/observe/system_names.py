"""Topics and consumer groups that belong to RocketMQ or to this program."""

from __future__ import annotations

from typing import Final, Literal

from remoting.checks.messages import VERIFICATION_TOPIC

TopicKind = Literal["normal", "retry", "deadLetter", "system"]
NORMAL: Final = "normal"

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


def topic_kind(name: str, own_names: frozenset[str]) -> TopicKind:
    """Classify a topic; `own_names` are the cluster and its groups, each of which has a topic."""
    if name.startswith("%RETRY%"):
        return "retry"
    if name.startswith("%DLQ%"):
        return "deadLetter"
    is_known = name in SYSTEM_TOPICS or name in own_names
    if is_known or name.startswith(("rmq_sys_", "RMQ_SYS_")) or name.endswith("_REPLY_TOPIC"):
        return "system"
    return NORMAL


def is_system_group(name: str) -> bool:
    """Tell whether a consumer group belongs to RocketMQ itself."""
    return name in SYSTEM_GROUPS or name.startswith("CID_RMQ_SYS_")
