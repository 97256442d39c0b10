from __future__ import annotations

import logging
import threading

import pytest
from itsdangerous import TimestampSigner

from console.api.types import MAX_PASSWORD_LENGTH
from console.configuration import ConfigurationError
from console.server.auth import (
    FAILURE_SECONDS,
    MAX_ADDRESSES,
    MAX_FAILURES,
    MAX_WAITING,
    SESSION_SECONDS,
    Authenticator,
    FailedAttempts,
    PasswordHash,
    TooManyAttemptsError,
)
from tests.unit.console.passwords import OTHER, PASSWORD, hash_line

HERE, THERE = "10.0.0.1", "10.0.0.2"


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authenticator(clock: Clock) -> Authenticator:
    return Authenticator(hash_line(), clock)


def test_only_the_password_of_a_hash_fits_it():
    found = PasswordHash(hash_line())
    assert found.matches(PASSWORD)
    assert not found.matches(OTHER)
    assert not found.matches("")


def test_a_password_may_hold_any_text():
    assert PasswordHash(hash_line("pässwörd: 密碼 🔑")).matches("pässwörd: 密碼 🔑")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "secret",
        "bcrypt$16$8$1$c2FsdA==$c2FsdA==",
        "scrypt$16$8$c2FsdA==$c2FsdA==",
        "scrypt$16$8$1$1$c2FsdA==$c2FsdA==",
        "scrypt$many$8$1$c2FsdA==$c2FsdA==",
        "scrypt$16$8$1$c2FsdA==$no base64",
        "scrypt$17$8$1$c2FsdA==$c2FsdA==",
        "scrypt$-16$8$1$c2FsdA==$c2FsdA==",
        "scrypt$1048576$8$1$c2FsdA==$c2FsdA==",
        "scrypt$16$8$1$c2FsdA==$",
    ],
)
def test_a_file_without_a_hash_is_refused_in_one_line_that_does_not_show_it(line, tmp_path):
    path = tmp_path / "login"
    path.write_text(line)
    with pytest.raises(ConfigurationError) as caught:
        Authenticator.from_file(path)
    assert str(caught.value) == f"{path}: holds no password hash; run make up again"


def test_a_missing_file_is_told_with_its_cause(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        Authenticator.from_file(tmp_path / "login")
    expected = f"{tmp_path / 'login'}: No such file or directory; run make up again"
    assert str(caught.value) == expected


def test_a_session_is_known_until_it_ends(authenticator, monkeypatch):
    begun = 1_800_000_000
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: begun)
    session = authenticator.new_session()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: begun + SESSION_SECONDS)
    assert authenticator.is_session(session)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: begun + SESSION_SECONDS + 1)
    assert not authenticator.is_session(session)


def test_a_restart_ends_no_session_and_another_password_ends_all(authenticator):
    session = authenticator.new_session()
    assert Authenticator(hash_line()).is_session(session)
    assert not Authenticator(hash_line(OTHER)).is_session(session)


def test_the_same_password_set_anew_ends_all_sessions_too(authenticator):
    assert not Authenticator(hash_line(salt=b"other")).is_session(authenticator.new_session())


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "ä", "x" * 5000, "\x00"])
def test_a_text_of_somebody_else_is_no_session(authenticator, text):
    assert not authenticator.is_session(text)
    assert not authenticator.is_session(authenticator.new_session() + text + "x")


def test_two_sessions_differ(authenticator):
    assert authenticator.new_session() != authenticator.new_session()


def fail(authenticator: Authenticator, times: int, address: str = HERE) -> None:
    for _ in range(times):
        assert not authenticator.check_password(OTHER, address)


def test_after_a_few_wrong_passwords_even_the_right_one_waits(authenticator, clock):
    fail(authenticator, MAX_FAILURES)
    clock.now += 10
    with pytest.raises(TooManyAttemptsError) as caught:
        authenticator.check_password(PASSWORD, HERE)
    assert caught.value.seconds == FAILURE_SECONDS - 10
    assert str(caught.value) == "too many attempts; wait 50 s"


def test_nobody_is_told_to_wait_for_no_time_at_all(authenticator, clock):
    fail(authenticator, MAX_FAILURES)
    clock.now += FAILURE_SECONDS - 0.25
    with pytest.raises(TooManyAttemptsError, match="wait 1 s"):
        authenticator.check_password(PASSWORD, HERE)


def test_whoever_waited_may_try_again(authenticator, clock):
    fail(authenticator, MAX_FAILURES)
    clock.now += FAILURE_SECONDS
    assert authenticator.check_password(PASSWORD, HERE)


def test_one_failure_that_is_forgotten_allows_one_more_attempt(authenticator, clock):
    fail(authenticator, 1)
    clock.now += 30
    fail(authenticator, MAX_FAILURES - 1)
    clock.now += FAILURE_SECONDS - 30
    fail(authenticator, 1)
    with pytest.raises(TooManyAttemptsError):
        authenticator.check_password(PASSWORD, HERE)


def test_the_failures_of_one_address_stop_nobody_else(authenticator):
    fail(authenticator, MAX_FAILURES)
    assert authenticator.check_password(PASSWORD, THERE)


def test_a_right_password_is_no_failure(authenticator):
    fail(authenticator, MAX_FAILURES - 1)
    assert all(authenticator.check_password(PASSWORD, HERE) for _ in range(20))


def test_the_addresses_that_failed_are_not_remembered_without_end(clock):
    failures = FailedAttempts(clock)
    for _ in range(MAX_FAILURES):
        failures.add(HERE)
    assert failures.wait_seconds(HERE) > 0
    for number in range(MAX_ADDRESSES):
        failures.add(str(number))
    assert failures.wait_seconds(HERE) == 0


def test_a_password_that_is_too_long_is_wrong_without_being_hashed(authenticator, monkeypatch):
    monkeypatch.setattr(PasswordHash, "matches", None)
    assert not authenticator.check_password("x" * (MAX_PASSWORD_LENGTH + 1), HERE)


def test_a_password_that_fitted_is_not_hashed_again(authenticator, monkeypatch):
    assert authenticator.check_password(PASSWORD, HERE)
    monkeypatch.setattr(PasswordHash, "matches", None)
    assert authenticator.check_password(PASSWORD, THERE)


def test_so_many_wait_for_their_turn_and_a_further_one_is_told_to_come_back(
    authenticator, monkeypatch
):
    asked, answer = threading.Semaphore(0), threading.Event()

    class SlowLock:
        """Stands for the turn: shows who waits for it, and lets nobody in until told."""

        def __enter__(self):
            asked.release()
            assert answer.wait(30)

        def __exit__(self, *_: object):
            pass

    monkeypatch.setattr(authenticator, "_hash_lock", SlowLock())
    found: list[bool] = []
    waiting = [
        threading.Thread(target=lambda: found.append(authenticator.check_password(OTHER, THERE)))
        for _ in range(MAX_WAITING)
    ]
    for thread in waiting:
        thread.start()
    for _ in waiting:
        assert asked.acquire(timeout=30)
    with pytest.raises(TooManyAttemptsError) as caught:
        authenticator.check_password(PASSWORD, HERE)
    answer.set()
    for thread in waiting:
        thread.join(30)
    assert caught.value.seconds == 1
    assert found == [False] * MAX_WAITING
    assert authenticator.check_password(PASSWORD, HERE)


def test_nothing_of_passwords_and_sessions_is_logged_or_shown(authenticator, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    authenticator.check_password(PASSWORD, HERE)
    authenticator.check_password(OTHER, HERE)
    session = authenticator.new_session()
    authenticator.is_session(session + "x")
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")
    shown = repr(vars(authenticator))
    assert PASSWORD not in shown
    assert session not in shown
