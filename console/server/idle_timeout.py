"""Connections whose requests do not arrive: they would keep others from being let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

CHECK_SECONDS = 10.0
"""A connection that has sent nothing of use for twice as long is closed."""


class IdleTimeoutProtocol(H11Protocol):
    """Looks from time to time whether the peer has sent a whole request since."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look."""
        super().connection_made(transport)
        self._seen: Any = ""
        self._next_look = self.loop.call_later(CHECK_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._next_look.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self._waits_for_peer() and self._seen is self.cycle:
            self.transport.close()
            return
        self._seen = self.cycle if self._waits_for_peer() else ""
        self._next_look = self.loop.call_later(CHECK_SECONDS, self._look)

    def _waits_for_peer(self) -> bool:
        """Tell whether nothing is left to answer before more arrives."""
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered or self.conn.their_state is h11.SEND_BODY
