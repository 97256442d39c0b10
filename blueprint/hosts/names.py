"""Names of a stack's objects on hypervisors and computers."""

import hashlib

LONGEST_DEVICE_NAME = 15

DATA_SUFFIX = "-data.qcow2"


def stack_name(stack: str) -> str:
    """Return the name, or the prefix of names, of a stack's objects."""
    return f"rmq-{stack}"


def stack_description(stack: str) -> str:
    """Return the description of a stack's domains; a name's prefix may be another stack's too."""
    return f"rocketmq-clusters, stack {stack}"


def data_volume_name(stack: str, server: str) -> str:
    """Return the name of a server's data disk; it never changes, so the disk is found again."""
    return f"{stack_name(stack)}-{server}{DATA_SUFFIX}"


def device_name(stack: str) -> str:
    """Return the name of a stack's bridge; Linux allows at most 15 characters."""
    name = stack_name(stack)
    return name if len(name) <= LONGEST_DEVICE_NAME else f"rmq-{short_digest(stack)}"


def short_digest(*texts: str) -> str:
    """Return the first ten hex digits of the SHA-256 of some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:10]
