"""The ways to run a cluster, named after RocketMQ's own configuration folders."""

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """How the brokers of a group replicate; the value is also the folder under conf/."""

    NOSLAVE = "2m-noslave"
    ASYNC = "2m-2s-async"
    SYNC = "2m-2s-sync"
    DLEDGER = "dledger"
    CONTROLLER = "controller"


class Replication(StrEnum):
    """What a master of scheme 2m-2s-sync does while its slave is gone."""

    STRICT = "strict"
    DEGRADE = "degrade"


class Election(StrEnum):
    """Who decides which broker of a group is its master; `none` when its settings do."""

    NONE = "none"
    DLEDGER = "dledger"
    CONTROLLER = "controller"


class BrokerRole(StrEnum):
    """RocketMQ's `brokerRole`; REPLICA is ours, for a broker whose role an election decides."""

    SYNC_MASTER = "SYNC_MASTER"
    ASYNC_MASTER = "ASYNC_MASTER"
    SLAVE = "SLAVE"
    REPLICA = "REPLICA"


IN_PLACE = frozenset({Scheme.ASYNC, Scheme.SYNC})
"""Between these only properties change: the same brokers, the same stores."""

CONTROLLER_COUNTS = (3, 5)
"""Odd, so that there is a majority; of one, none would be left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeTraits:
    """What a scheme implies for the plan."""

    master_role: BrokerRole
    election: Election
    replicas: tuple[int, ...]
    """How many copies of a message a group may have; the first is the default."""
    promise: str
    """What an operator may count on, in one line."""

    @property
    def default_replicas(self) -> int:
        """Copies of every message, the master's included."""
        return self.replicas[0]

    @property
    def is_elected(self) -> bool:
        """Return whether the brokers of a group elect their master."""
        return self.election is not Election.NONE


TRAITS = {
    Scheme.NOSLAVE: SchemeTraits(
        master_role=BrokerRole.ASYNC_MASTER,
        election=Election.NONE,
        replicas=(1,),
        promise=(
            "a lost master takes no new messages, the others do; what only it holds cannot be "
            "read until it is back"
        ),
    ),
    Scheme.ASYNC: SchemeTraits(
        master_role=BrokerRole.ASYNC_MASTER,
        election=Election.NONE,
        replicas=(2, 3),
        promise=(
            "SEND_OK once the master holds a message; its slave follows, and what it has not "
            "yet copied is lost with the master's disk"
        ),
    ),
    Scheme.SYNC: SchemeTraits(
        master_role=BrokerRole.SYNC_MASTER,
        election=Election.NONE,
        replicas=(2, 3),
        promise="SEND_OK once master and slave hold a message",
    ),
    Scheme.DLEDGER: SchemeTraits(
        master_role=BrokerRole.REPLICA,
        election=Election.DLEDGER,
        replicas=(3, 5),
        promise=(
            "SEND_OK once most replicas of a group hold a message; when its master is lost, "
            "they elect another, which holds it too"
        ),
    ),
    Scheme.CONTROLLER: SchemeTraits(
        master_role=BrokerRole.REPLICA,
        election=Election.CONTROLLER,
        replicas=(2, 3),
        promise=(
            "SEND_OK once every replica in sync holds a message; when the master is lost, the "
            "controllers make one of those the master"
        ),
    ),
}

REPLICATION_PROMISES = {
    Replication.STRICT: (
        "while a slave is gone, its master stores a message and answers that it is not replicated"
    ),
    Replication.DEGRADE: (
        "while a slave is gone, its master goes on alone with SEND_OK; it is waited for again "
        "within half a minute of being back, and in sync"
    ),
}
"""What each mode of scheme 2m-2s-sync does, in one line."""

UNSEEDED = (
    "a new broker copies only the last file of its master's log, so older messages would have "
    "one copy that looks like two"
)


def refuse_switch(was: Scheme, wanted: Scheme) -> str | None:
    """Return why a cluster of one scheme cannot become one of another; None where it can."""
    if was is wanted or {was, wanted} <= IN_PLACE:
        return None
    if Scheme.DLEDGER in {was, wanted}:
        return (
            "dledger keeps messages in a log of its own format, which brokers of other schemes "
            "cannot read, nor it theirs"
        )
    if wanted is Scheme.CONTROLLER:
        return (
            "the stores lack the records by which controllers tell which replica holds every "
            "message"
        )
    if was is Scheme.CONTROLLER:
        return (
            "whichever replica was elected last is the master, and the new scheme's might be one "
            "that lacks messages"
        )
    if was is Scheme.NOSLAVE:
        return f"stores of new slaves cannot be seeded yet, and {UNSEEDED}"
    return "it takes away the further copies of every message"
