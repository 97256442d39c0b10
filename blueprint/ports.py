"""Every port that a process takes."""

from collections.abc import Iterator
from dataclasses import dataclass

HIGHEST_PORT = 65535
LOWEST_LISTEN_PORT = 1026
"""The broker's second port is two below, and below 1024 a service user may not listen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerPorts:
    """The three ports of one broker; RocketMQ fixes the other two by `listenPort`."""

    listen: int

    @property
    def fast(self) -> int:
        """Return the port of the clients' VIP channel (`listenPort` - 2, not configurable)."""
        return self.listen - 2

    @property
    def ha(self) -> int:
        """Return `haListenPort`, which the slave dials."""
        return self.listen + 1

    def __iter__(self) -> Iterator[int]:
        """Iterate over all three, lowest first."""
        return iter((self.fast, self.listen, self.ha))
