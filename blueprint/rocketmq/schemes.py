"""The replication schemes, named after the folders of RocketMQ's sample configurations."""

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
    """What a master of scheme 2m-2s-sync does while its slave is lost."""

    STRICT = "strict"
    DEGRADE = "degrade"


class Election(StrEnum):
    """Who elects the master of a group; with `none` the settings determine it."""

    NONE = "none"
    DLEDGER = "dledger"
    CONTROLLER = "controller"


class BrokerRole(StrEnum):
    """RocketMQ's `brokerRole`; REPLICA, for a broker of an elected group, is our own."""

    SYNC_MASTER = "SYNC_MASTER"
    ASYNC_MASTER = "ASYNC_MASTER"
    SLAVE = "SLAVE"
    REPLICA = "REPLICA"


IN_PLACE = frozenset({Scheme.ASYNC, Scheme.SYNC})
"""Schemes with the same brokers and stores: a change between them changes properties only."""

CONTROLLER_COUNTS = (3, 5)
"""Odd, for a majority; the first is the default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeTraits:
    """What a scheme implies for the plan."""

    master_role: BrokerRole
    replicas: tuple[int, ...]
    """The possible numbers of copies of a message; the first is the default."""
    promise: str
    """What an operator may rely on, in one line."""
    election: Election = Election.NONE
    legacy: str = ""
    """Why no new cluster should have it, in one line; empty for most."""

    @property
    def is_elected(self) -> bool:
        """Return whether the brokers of a group elect their master."""
        return self.election is not Election.NONE


TRAITS = {
    Scheme.NOSLAVE: SchemeTraits(
        master_role=BrokerRole.ASYNC_MASTER,
        replicas=(1,),
        promise=(
            "a lost master takes no new messages, the others do; messages that only it holds "
            "cannot be read until it is back"
        ),
    ),
    Scheme.ASYNC: SchemeTraits(
        master_role=BrokerRole.ASYNC_MASTER,
        replicas=(2, 3),
        promise=(
            "SEND_OK once the master holds a message; messages that its slave has not copied "
            "yet are lost with the master's disk"
        ),
    ),
    Scheme.SYNC: SchemeTraits(
        master_role=BrokerRole.SYNC_MASTER,
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
        legacy="RocketMQ 5.5.1 deprecates it; use controller for new clusters",
    ),
    Scheme.CONTROLLER: SchemeTraits(
        master_role=BrokerRole.REPLICA,
        election=Election.CONTROLLER,
        replicas=(2, 3),
        promise=(
            "SEND_OK once every replica in sync holds a message; when the master is lost, the "
            "controllers elect one of those as master"
        ),
    ),
}

REPLICATION_PROMISES = {
    Replication.STRICT: (
        "while a slave is lost, its master stores a message and answers that it is not replicated"
    ),
    Replication.DEGRADE: (
        "while a slave is lost, its master continues alone with SEND_OK; the master waits for "
        "it again once it is back in sync, within half a minute"
    ),
}
"""What an operator may rely on in each mode of scheme 2m-2s-sync, in one line."""

UNSEEDED = (
    "a new broker copies only the last file of its master's log, so older messages would have "
    "one copy that looks like two"
)


def refuse_switch(was: Scheme, wanted: Scheme) -> str | None:
    """Return why a cluster cannot change from one scheme to another; None if it can."""
    if was is wanted or {was, wanted} <= IN_PLACE:
        return None
    if Scheme.DLEDGER in {was, wanted}:
        return (
            "dledger keeps messages in a log of its own format, and neither it nor the other "
            "schemes can read the other's"
        )
    if wanted is Scheme.CONTROLLER:
        return (
            "the stores lack the records that tell controllers which replica holds every message"
        )
    if was is Scheme.CONTROLLER:
        return (
            "whichever replica was elected last is the master, and the new scheme's master may "
            "lack messages"
        )
    if was is Scheme.NOSLAVE:
        return f"stores of new slaves cannot be seeded yet, and {UNSEEDED}"
    return "it would remove the extra copies of every message"
