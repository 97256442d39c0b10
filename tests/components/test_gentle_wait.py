import asyncio
import inspect

import pulumi.runtime.stack
import pytest
from pulumi.runtime.settings import SETTINGS

from components.sdk_wait_patch import FEWEST_TURNS, REST_SECONDS, wait_gently


@pytest.fixture
def slept(monkeypatch):
    """The delays that the SDK's wait really sleeps."""
    monkeypatch.setitem(vars(pulumi.runtime.stack), "asyncio", asyncio)
    delays = []

    async def sleep(delay):
        delays.append(delay)

    monkeypatch.setattr("components.sdk_wait_patch.asyncio.sleep", sleep)
    wait_gently()
    return delays


def run(coroutine):
    """Run it in a loop of its own: asyncio.run would take the thread's loop from later tests."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(coroutine)
    loop.close()


def test_the_sdk_still_has_the_loop_that_is_made_gentle():
    source = inspect.getsource(pulumi.runtime.stack.wait_for_rpcs)
    assert "while len(SETTINGS.outputs) != 0:\n                await asyncio.sleep(0)" in source


def test_it_rests_once_in_a_round_of_looks(slept):
    async def look(times):
        for _ in range(times):
            await pulumi.runtime.stack.asyncio.sleep(0)

    run(look(2 * FEWEST_TURNS))
    assert slept.count(REST_SECONDS) == 2
    assert slept.count(0) == 2 * FEWEST_TURNS - 2


def test_many_outstanding_outputs_are_all_looked_at_before_a_rest(slept, monkeypatch):
    monkeypatch.setattr(SETTINGS, "outputs", [None] * 500)

    async def look():
        for _ in range(499):
            await pulumi.runtime.stack.asyncio.sleep(0)

    run(look())
    assert REST_SECONDS not in slept


@pytest.mark.usefixtures("slept")
def test_everything_else_is_asyncio_itself():
    assert pulumi.runtime.stack.asyncio.gather is asyncio.gather
