"""The ports of RocketMQ's processes."""

from dataclasses import dataclass

HIGHEST_PORT = 65535
LOWEST_LISTEN_PORT = 1026
"""A broker also takes the port two below; a service user may not listen below 1024."""

CONTROLLER_STEP = 10
"""Distance between controllers on one host; the name server's port is 2 below the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerPorts:
    """The ports of one broker; RocketMQ derives two of them from `listenPort`."""

    listen: int
    dledger: int | None = None
    """For its group in scheme dledger, where it has no HA port."""

    @property
    def fast(self) -> int:
        """Return the port of the clients' VIP channel (`listenPort` - 2, not configurable)."""
        return self.listen - 2

    @property
    def ha(self) -> int:
        """Return `haListenPort`, to which slaves connect."""
        return self.listen + 1

    @property
    def named(self) -> dict[str, int]:
        """Return each port by its purpose."""
        ports = {"listen": self.listen, "fast": self.fast}
        if self.dledger is None:
            ports["ha"] = self.ha
        else:
            ports["dledger"] = self.dledger
        return ports
