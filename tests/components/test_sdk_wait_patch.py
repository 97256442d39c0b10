import asyncio
import inspect

import pulumi.runtime.stack
import pytest
from pulumi.runtime.settings import SETTINGS

from components.sdk_wait_patch import MIN_POLLS, PAUSE_SECONDS, patch_sdk_wait


@pytest.fixture
def slept(monkeypatch):
    """Return the list of the delays that the SDK's wait sleeps."""
    monkeypatch.setitem(vars(pulumi.runtime.stack), "asyncio", asyncio)
    delays = []

    async def sleep(delay):
        delays.append(delay)

    monkeypatch.setattr("components.sdk_wait_patch.asyncio.sleep", sleep)
    patch_sdk_wait()
    return delays


def run(coroutine):
    """Run in a new loop: asyncio.run would close the thread's loop for later tests."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(coroutine)
    loop.close()


def test_the_sdk_still_has_the_loop_that_is_patched():
    source = inspect.getsource(pulumi.runtime.stack.wait_for_rpcs)
    assert "while len(SETTINGS.outputs) != 0:\n                await asyncio.sleep(0)" in source


def test_it_sleeps_once_per_round(slept):
    async def poll(times):
        for _ in range(times):
            await pulumi.runtime.stack.asyncio.sleep(0)

    run(poll(2 * MIN_POLLS))
    assert slept.count(PAUSE_SECONDS) == 2
    assert slept.count(0) == 2 * MIN_POLLS - 2


def test_many_outstanding_outputs_are_all_polled_before_a_sleep(slept, monkeypatch):
    monkeypatch.setattr(SETTINGS, "outputs", [None] * 500)

    async def poll():
        for _ in range(499):
            await pulumi.runtime.stack.asyncio.sleep(0)

    run(poll())
    assert PAUSE_SECONDS not in slept


@pytest.mark.usefixtures("slept")
def test_everything_else_is_asyncio():
    assert pulumi.runtime.stack.asyncio.gather is asyncio.gather
