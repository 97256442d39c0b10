"""The ports of RocketMQ's processes."""

HIGHEST_PORT = 65535
LOWEST_LISTEN_PORT = 1026
"""A broker also takes the port two below; a service user may not listen below 1024."""

CONTROLLER_STEP = 10
"""Distance between controllers on one host; the name server's port is 2 below the first."""
