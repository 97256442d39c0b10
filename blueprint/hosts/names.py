"""What a stack's things are called outside its state."""

import hashlib

LONGEST_DEVICE_NAME = 15

DATA_SUFFIX = "-data.qcow2"


def stack_name(stack: str) -> str:
    """Return the name that tells a stack's things on a computer from others'."""
    return f"rmq-{stack}"


def stack_description(stack: str) -> str:
    """Return the mark on a stack's domains: names alone could belong to another stack's."""
    return f"rocketmq-clusters, stack {stack}"


def data_volume_name(stack: str, server: str) -> str:
    """Return the name of a server's data disk: always the same, so that it is found again."""
    return f"{stack_name(stack)}-{server}{DATA_SUFFIX}"


def device_name(stack: str) -> str:
    """Return the bridge's device name, which Linux limits to 15 characters."""
    name = stack_name(stack)
    return name if len(name) <= LONGEST_DEVICE_NAME else f"rmq-{short_digest(stack)}"


def short_digest(*texts: str) -> str:
    """Return ten hex digits of some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:10]
