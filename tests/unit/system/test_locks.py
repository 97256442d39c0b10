"""A lock is exclusive, and waiting for it is reported once."""

import threading

from system.locks import lock_held


def test_a_free_lock_is_taken_without_waiting(tmp_path):
    waited = []
    with lock_held(tmp_path / "lock", lambda: waited.append(1)):
        pass
    with lock_held(tmp_path / "lock", lambda: waited.append(1)):
        pass
    assert waited == []


def test_a_second_holder_reports_and_waits_for_the_first(tmp_path):
    order, reported = [], threading.Event()

    def second():
        with lock_held(tmp_path / "lock", reported.set):
            order.append("second")

    thread = threading.Thread(target=second)
    with lock_held(tmp_path / "lock", reported.set):
        thread.start()
        assert reported.wait(timeout=30)
        order.append("first")
    thread.join(timeout=30)
    assert order == ["first", "second"]
