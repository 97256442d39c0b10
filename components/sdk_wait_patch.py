"""Keep the SDK from spinning on a whole core while it waits for resources.

`pulumi.runtime.stack.wait_for_rpcs` looks at every outstanding output in turn, for ever, with
nothing but `asyncio.sleep(0)` between two looks. Measured: one core busy for as long as an update
lasts, which on a small computer is one that the cluster needs to start. Here each round ends with
a short rest, in which the event loop still answers everything at once. Later releases do not spin
(pulumi#22411): this file goes when the SDK is one of them.
"""

import asyncio
from typing import Any

import pulumi.runtime.stack
from pulumi.runtime.settings import SETTINGS

REST_SECONDS = 0.05
FEWEST_TURNS = 64
"""Looks without a rest: a program that is through with its outputs must not be slowed down."""


class _GentleAsyncio:
    """The asyncio module, but for every so-many-th `sleep(0)`."""

    def __init__(self) -> None:
        self._turns = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever asyncio has by that name)
        return getattr(asyncio, name)

    async def sleep(self, delay: float) -> None:
        """Sleep; after a look at every outstanding output, sleep for real."""
        self._turns += 1
        if delay == 0 and self._turns >= max(FEWEST_TURNS, len(SETTINGS.outputs)):
            self._turns, delay = 0, REST_SECONDS
        await asyncio.sleep(delay)


def wait_gently() -> None:
    """Make the SDK's wait for this program's resources rest between its rounds."""
    vars(pulumi.runtime.stack)["asyncio"] = _GentleAsyncio()
