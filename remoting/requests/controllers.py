"""Ask a controller which controller leads, and which replicas of a group are in sync."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remoting.codes import RequestCode
from remoting.errors import AddressError, NotYetError, RemotingError
from remoting.protocol.connection import Connection
from remoting.requests.admin import ask_json

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class SyncStateSet:
    """Who may be elected in a group, as the leading controller sees it.

    A message is acknowledged once every member of `in_sync` holds it; those in `alive` still send
    heartbeats. `master` is empty while none is elected.
    """

    master: str
    in_sync: tuple[str, ...]
    alive: tuple[str, ...]


def controller_leader(connection: Connection) -> str:
    """Ask a controller for the address of the leading one; empty while it knows none."""
    answer = connection.ask(RequestCode.CONTROLLER_GET_METADATA_INFO)
    return answer.ext.get("controllerLeaderAddress") or ""


def sync_state_set(connection: Connection, group: str) -> SyncStateSet | None:
    """Ask the leading controller about a group; None if no broker of it has ever registered.

    Raises:
        RefusedError: CONTROLLER_NOT_LEADER, when another controller leads.

    """
    # Unlike all other bodies of this protocol, this one is a list.
    body = f'["{group}"]'.encode()

    def read(answer: dict[str, Any]) -> SyncStateSet | None:
        entry = answer["replicasInfoTable"].get(group)
        return None if entry is None else _sync_state_set(entry)

    return ask_json(connection, RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, read, body)


def _sync_state_set(entry: dict[str, Any]) -> SyncStateSet:
    members = entry.get("inSyncReplicas") or []
    return SyncStateSet(
        master=str(entry.get("masterAddress") or ""),
        in_sync=tuple(str(member["brokerAddress"]) for member in members),
        alive=tuple(str(member["brokerAddress"]) for member in members if member["alive"]),
    )


def ask_leading_controller(
    controllers: Sequence[str], group: str, timeout_seconds: float
) -> SyncStateSet:
    """Return what the leading one of `controllers` says about a group.

    Raises:
        NotYetError: none of them leads, or the leading one does not know the group.

    """
    refusals: list[str] = []
    for address in controllers:
        try:
            with Connection(address, timeout_seconds) as connection:
                state = sync_state_set(connection, group)
        except AddressError:
            raise
        except RemotingError as refusal:
            refusals.append(str(refusal))
            continue
        if state is not None:
            return state
        refusals.append(f"{address} leads, but no broker of the group registered there")
    cause = f"no leading controller knows {group}: {'; '.join(refusals)}"
    raise NotYetError(cause)
