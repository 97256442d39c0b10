"""Every port that a process takes."""

from dataclasses import dataclass

HIGHEST_PORT = 65535
LOWEST_LISTEN_PORT = 1026
"""The broker's second port is two below, and below 1024 a service user may not listen."""

CONTROLLER_STEP = 10
"""Between controllers that share a host; name server and controller are 2 apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerPorts:
    """The ports of one broker; RocketMQ fixes the second and third by `listenPort`."""

    listen: int
    dledger: int | None = None
    """By which it talks to its group in scheme dledger, where no slave dials it."""

    @property
    def fast(self) -> int:
        """Return the port of the clients' VIP channel (`listenPort` - 2, not configurable)."""
        return self.listen - 2

    @property
    def ha(self) -> int:
        """Return `haListenPort`, which the slave dials."""
        return self.listen + 1

    @property
    def named(self) -> dict[str, int]:
        """Return every one of them, by what it is for."""
        ports = {"listen": self.listen, "fast": self.fast}
        if self.dledger is None:
            ports["ha"] = self.ha
        else:
            ports["dledger"] = self.dledger
        return ports
