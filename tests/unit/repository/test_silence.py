"""A run of tests is not silent while a long test runs."""

import io
import re

import pytest

from tests.support.silence import ParallelSilenceBreaker, SilenceBreaker


class Item:
    nodeid = "tests/local/test_cluster.py::test_long"


def run_test(every_seconds, until):
    """Run the hook as pytest does, around a test that ends when `until` says so."""
    terminal = io.StringIO()
    hook = SilenceBreaker(terminal, every_seconds).pytest_runtest_protocol(Item)
    next(hook)
    while not until(terminal.getvalue()):
        pass
    with pytest.raises(StopIteration) as ended:
        hook.send("result")
    assert ended.value.value == "result"
    return terminal.getvalue()


def test_a_long_test_is_named_once_with_its_time_again_and_again():
    text = run_test(0.001, lambda text: text.count("\n") >= 4)
    assert re.match(rf"\n{Item.nodeid}: \d+ s\n(  \d+ s\n)+", text)


def test_a_quick_test_is_not_mentioned():
    assert run_test(3600, lambda _: True) == ""


class Report:
    when = "call"


def test_tests_in_parallel_are_counted_while_none_ends():
    terminal = io.StringIO()
    breaker = ParallelSilenceBreaker(terminal, 0.001)
    breaker.pytest_runtest_logreport(Report)
    breaker.start()
    while terminal.getvalue().count("\n") < 4:
        pass
    breaker.stop()
    assert re.match(r"(\n1 tests done, \d+ s\n){2}", terminal.getvalue())


def test_this_run_is_not_silent(request):
    # A worker of xdist has no terminal.
    worker = hasattr(request.config, "workerinput")
    assert request.config.pluginmanager.has_plugin("silence-breaker") is not worker
