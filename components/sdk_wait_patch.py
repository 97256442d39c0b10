"""Keep the SDK from using a whole core while it waits for resources.

`pulumi.runtime.stack.wait_for_rpcs` polls every outstanding output in a loop with nothing but
`asyncio.sleep(0)` between two polls. Measured: one core is busy during the whole update, and on a
small computer the cluster needs that core to start. Here each round ends with a short sleep, in
which the event loop still answers at once. Later releases do not spin (pulumi#22411): remove this
file when the SDK is one of them.
"""

import asyncio
from typing import Any

import pulumi.runtime.stack
from pulumi.runtime.settings import SETTINGS

PAUSE_SECONDS = 0.05
MIN_POLLS = 64
"""Polls without a sleep, so that a program with few outputs is not slowed down."""


class _PausingAsyncio:
    """The asyncio module, except that `sleep(0)` really sleeps once per round."""

    def __init__(self) -> None:
        self._polls = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (any attribute of asyncio)
        return getattr(asyncio, name)

    async def sleep(self, delay: float) -> None:
        """Sleep; after a poll of every outstanding output, for `PAUSE_SECONDS`."""
        self._polls += 1
        if delay == 0 and self._polls >= max(MIN_POLLS, len(SETTINGS.outputs)):
            self._polls, delay = 0, PAUSE_SECONDS
        await asyncio.sleep(delay)


def patch_sdk_wait() -> None:
    """Make the SDK pause between rounds while it waits for resources."""
    vars(pulumi.runtime.stack)["asyncio"] = _PausingAsyncio()
