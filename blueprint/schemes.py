"""The ways to run a cluster, named after RocketMQ's own configuration folders."""

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """How masters and slaves replicate; the value is also the folder under conf/."""

    SYNC = "2m-2s-sync"


class BrokerRole(StrEnum):
    """RocketMQ's `brokerRole`."""

    SYNC_MASTER = "SYNC_MASTER"
    SLAVE = "SLAVE"


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeTraits:
    """What a scheme implies for the plan."""

    master_role: BrokerRole
    slaves_per_master: int
    in_sync_replicas: int
    """Copies, the master's included, that must hold a message before SEND_OK."""

    @property
    def replicas(self) -> int:
        """Copies of every message, the master's included."""
        return 1 + self.slaves_per_master

    @property
    def fewest_hosts(self) -> int:
        """Hosts without which two copies of a message would share one."""
        return self.replicas


TRAITS = {
    Scheme.SYNC: SchemeTraits(
        master_role=BrokerRole.SYNC_MASTER, slaves_per_master=1, in_sync_replicas=2
    ),
}
