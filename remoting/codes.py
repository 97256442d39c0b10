"""The codes of the protocol that this package sends or explains."""

from __future__ import annotations

from enum import IntEnum


class RequestCode(IntEnum):
    """Codes of requests, by RocketMQ's names."""

    PULL_MESSAGE = 11
    UPDATE_AND_CREATE_TOPIC = 17
    GET_ALL_TOPIC_CONFIG = 21
    UPDATE_BROKER_CONFIG = 25
    GET_BROKER_CONFIG = 26
    GET_BROKER_RUNTIME_INFO = 28
    GET_MAX_OFFSET = 30
    GET_MIN_OFFSET = 31
    VIEW_MESSAGE_BY_ID = 33
    GET_CONSUMER_LIST_BY_GROUP = 38
    GET_ALL_CONSUMER_OFFSET = 43
    GET_ROUTEINFO_BY_TOPIC = 105
    GET_BROKER_CLUSTER_INFO = 106
    GET_ALL_SUBSCRIPTIONGROUP_CONFIG = 201
    GET_TOPIC_STATS_INFO = 202
    SEND_MESSAGE_V2 = 310
    GET_TOPIC_CONFIG = 351
    GET_BROKER_HA_STATUS = 907
    CONTROLLER_GET_METADATA_INFO = 1005
    CONTROLLER_GET_SYNC_STATE_DATA = 1006


class ResponseCode(IntEnum):
    """Codes of answers, by RocketMQ's names."""

    SUCCESS = 0
    SYSTEM_ERROR = 1
    SYSTEM_BUSY = 2
    REQUEST_CODE_NOT_SUPPORTED = 3
    FLUSH_DISK_TIMEOUT = 10
    SLAVE_NOT_AVAILABLE = 11
    FLUSH_SLAVE_TIMEOUT = 12
    MESSAGE_ILLEGAL = 13
    SERVICE_NOT_AVAILABLE = 14
    NO_PERMISSION = 16
    TOPIC_NOT_EXIST = 17
    PULL_NOT_FOUND = 19
    PULL_RETRY_IMMEDIATELY = 20
    PULL_OFFSET_MOVED = 21
    SUBSCRIPTION_GROUP_NOT_EXIST = 26
    GO_AWAY = 1500
    CONTROLLER_NOT_LEADER = 2007


def describe_request(code: int) -> str:
    """Return the name and number of a request code, known or not."""
    return f"{RequestCode(code).name} ({code})" if code in set(RequestCode) else f"request {code}"


def describe_response(code: int) -> str:
    """Return the name and number of a response code, known or not."""
    return f"{ResponseCode(code).name} ({code})" if code in set(ResponseCode) else f"code {code}"
