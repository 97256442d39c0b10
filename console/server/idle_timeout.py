"""Close connections whose requests never arrive, which would exhaust the connection limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

CHECK_SECONDS = 10.0
"""A connection is closed once two checks in a row find no new complete request."""


class IdleTimeoutProtocol(H11Protocol):
    """Checks periodically that the peer has sent a whole request since the last check."""

    # uvicorn narrows the base transport of asyncio's protocol in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Schedule the first check."""
        super().connection_made(transport)
        self._last_cycle: Any = ""
        self._next_check = self.loop.call_later(CHECK_SECONDS, self.check)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the next check."""
        self._next_check.cancel()
        super().connection_lost(exc)

    def check(self) -> None:
        """Close the connection if nothing has arrived since the last check."""
        if self._waits_for_peer() and self._last_cycle is self.cycle:
            self.transport.close()
            return
        self._last_cycle = self.cycle if self._waits_for_peer() else ""
        self._next_check = self.loop.call_later(CHECK_SECONDS, self.check)

    def _waits_for_peer(self) -> bool:
        """Tell whether there is nothing to answer before more bytes arrive."""
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered or self.conn.their_state is h11.SEND_BODY
