"""A lock is exclusive or shared, and waiting for it is reported once."""

import contextlib
import threading

import pytest

from system.errors import LocalError
from system.locks import locked


def test_lock_is_exclusive_or_shared_and_released(tmp_path):
    file = tmp_path / "lock"
    with locked(file):
        with (
            pytest.raises(LocalError, match="held by another run"),
            locked(file, wait_seconds=0),
        ):
            pass
        file.unlink()
    with locked(file, shared=True), locked(file, shared=True, wait_seconds=0):
        assert file.exists()
    with locked(file, wait_seconds=0):
        assert file.exists()


def test_a_free_lock_is_taken_without_waiting(tmp_path):
    with locked(tmp_path / "lock", on_wait=pytest.fail):
        pass
    with locked(tmp_path / "lock", on_wait=pytest.fail):
        pass


def test_a_second_holder_reports_again_and_again_while_it_waits(tmp_path, monkeypatch):
    monkeypatch.setattr("system.locks.EVERY_SECONDS", 0.01)
    reports = []
    with contextlib.ExitStack() as first:
        first.enter_context(locked(tmp_path / "lock"))

        def report():
            reports.append("waiting")
            if len(reports) == 3:
                first.close()

        with locked(tmp_path / "lock", on_wait=report):
            assert len(reports) == 3


def test_a_second_holder_reports_and_waits_for_the_first(tmp_path):
    order, reported = [], threading.Event()

    def second():
        with locked(tmp_path / "lock", on_wait=reported.set):
            order.append("second")

    thread = threading.Thread(target=second)
    with locked(tmp_path / "lock"):
        thread.start()
        assert reported.wait(timeout=30)
        order.append("first")
    thread.join(timeout=30)
    assert order == ["first", "second"]
