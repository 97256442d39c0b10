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


def test_a_hash_matches_only_its_own_password():
    found = PasswordHash(hash_line())
    assert found.matches(PASSWORD)
    assert not found.matches(OTHER)
    assert not found.matches("")


def test_a_password_may_contain_any_characters():
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
def test_a_file_without_a_hash_is_refused_without_showing_its_content(line, tmp_path):
    path = tmp_path / "login"
    path.write_text(line)
    with pytest.raises(ConfigurationError) as caught:
        Authenticator.from_file(path)
    assert str(caught.value) == f"{path}: holds no password hash; run make up again"


def test_a_missing_file_is_reported_with_its_cause(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        Authenticator.from_file(tmp_path / "login")
    expected = f"{tmp_path / 'login'}: No such file or directory; run make up again"
    assert str(caught.value) == expected


def test_a_session_is_valid_until_it_expires(authenticator, monkeypatch):
    started = 1_800_000_000
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: started)
    session = authenticator.new_session()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: started + SESSION_SECONDS)
    assert authenticator.is_session(session)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: started + SESSION_SECONDS + 1)
    assert not authenticator.is_session(session)


def test_sessions_survive_a_restart_but_not_another_password(authenticator):
    session = authenticator.new_session()
    assert Authenticator(hash_line()).is_session(session)
    assert not Authenticator(hash_line(OTHER)).is_session(session)


def test_setting_the_same_password_again_ends_all_sessions(authenticator):
    assert not Authenticator(hash_line(salt=b"other")).is_session(authenticator.new_session())


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "ä", "x" * 5000, "\x00"])
def test_a_forged_cookie_is_not_a_session(authenticator, text):
    assert not authenticator.is_session(text)
    assert not authenticator.is_session(authenticator.new_session() + text + "x")


def test_two_sessions_differ(authenticator):
    assert authenticator.new_session() != authenticator.new_session()


def fail(authenticator: Authenticator, times: int, address: str = HERE) -> None:
    for _ in range(times):
        assert not authenticator.check_password(OTHER, address)


def test_after_too_many_wrong_passwords_even_the_right_one_must_wait(authenticator, clock):
    fail(authenticator, MAX_FAILURES)
    clock.now += 10
    with pytest.raises(TooManyAttemptsError) as caught:
        authenticator.check_password(PASSWORD, HERE)
    assert caught.value.seconds == FAILURE_SECONDS - 10
    assert str(caught.value) == "too many attempts; wait 50 s"


def test_the_waiting_time_is_rounded_up_to_a_second(authenticator, clock):
    fail(authenticator, MAX_FAILURES)
    clock.now += FAILURE_SECONDS - 0.25
    with pytest.raises(TooManyAttemptsError, match="wait 1 s"):
        authenticator.check_password(PASSWORD, HERE)


def test_an_address_may_try_again_after_the_waiting_time(authenticator, clock):
    fail(authenticator, MAX_FAILURES)
    clock.now += FAILURE_SECONDS
    assert authenticator.check_password(PASSWORD, HERE)


def test_an_expired_failure_allows_one_more_attempt(authenticator, clock):
    fail(authenticator, 1)
    clock.now += 30
    fail(authenticator, MAX_FAILURES - 1)
    clock.now += FAILURE_SECONDS - 30
    fail(authenticator, 1)
    with pytest.raises(TooManyAttemptsError):
        authenticator.check_password(PASSWORD, HERE)


def test_failures_of_one_address_do_not_block_another(authenticator):
    fail(authenticator, MAX_FAILURES)
    assert authenticator.check_password(PASSWORD, THERE)


def test_a_right_password_is_not_counted_as_a_failure(authenticator):
    fail(authenticator, MAX_FAILURES - 1)
    assert all(authenticator.check_password(PASSWORD, HERE) for _ in range(20))


def test_only_the_newest_failed_addresses_are_kept(clock):
    failures = FailedAttempts(clock)
    for _ in range(MAX_FAILURES):
        failures.add(HERE)
    assert failures.wait_seconds(HERE) > 0
    for number in range(MAX_ADDRESSES):
        failures.add(str(number))
    assert failures.wait_seconds(HERE) == 0


def test_a_password_that_is_too_long_is_rejected_without_hashing(authenticator, monkeypatch):
    monkeypatch.setattr(PasswordHash, "matches", None)
    assert not authenticator.check_password("x" * (MAX_PASSWORD_LENGTH + 1), HERE)


def test_a_password_that_matched_is_not_hashed_again(authenticator, monkeypatch):
    assert authenticator.check_password(PASSWORD, HERE)
    monkeypatch.setattr(PasswordHash, "matches", None)
    assert authenticator.check_password(PASSWORD, THERE)


def test_attempts_beyond_the_hashing_queue_are_refused(authenticator, monkeypatch):
    asked, answer = threading.Semaphore(0), threading.Event()

    class SlowLock:
        """Signals each thread that waits for the lock, and blocks all until released."""

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


def test_passwords_and_sessions_are_neither_logged_nor_shown(authenticator, caplog, capfd):
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
