"""Authentication: one hashed password, expiring sessions, rate-limited attempts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, TimestampSigner

from console.api.types import MAX_PASSWORD_LENGTH
from console.configuration import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SESSION_SECONDS = 12 * 3600
MAX_FAILURES = 5
FAILURE_SECONDS = 60.0
MAX_ADDRESSES = 10_000
"""Addresses whose failures are kept; the oldest are dropped first."""

MAX_WAITING = 4
"""Passwords queued for hashing; further attempts are refused."""


class TooManyAttemptsError(Exception):
    """The address must wait `seconds` before its next attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many attempts; wait {math.ceil(seconds)} s")
        self.seconds = seconds


class PasswordHash:
    """`scrypt$N$R$P$SALT$HASH`, numbers in decimal, bytes in base64."""

    def __init__(self, line: str) -> None:
        kind, *numbers, salt, expected = line.strip().split("$")
        if kind != "scrypt":
            raise ValueError(kind)
        self._n, self._r, self._p = (int(number) for number in numbers)
        self._salt = base64.b64decode(salt, validate=True)
        self._expected = base64.b64decode(expected, validate=True)
        # Unusable parameters fail here, not at the first login.
        self.matches("")

    def matches(self, password: str) -> bool:
        """Compare a password with the hash in constant time."""
        found = hashlib.scrypt(
            password.encode(),
            salt=self._salt,
            n=self._n,
            r=self._r,
            p=self._p,
            dklen=len(self._expected),
        )
        return hmac.compare_digest(found, self._expected)


class FailedAttempts:
    """Times of wrong passwords by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_seconds(self, address: str) -> float:
        """Return how long an address must wait; 0 if it may try now."""
        with self._lock:
            times = tuple(self._by_address.get(address, ()))
        recent = [at for at in times if self._clock() - at < FAILURE_SECONDS]
        if len(recent) < MAX_FAILURES:
            return 0.0
        return FAILURE_SECONDS - (self._clock() - recent[0])

    def add(self, address: str) -> None:
        """Record a wrong password."""
        with self._lock:
            times = self._by_address.setdefault(address, deque(maxlen=MAX_FAILURES))
            times.append(self._clock())
            self._by_address.move_to_end(address)
            while len(self._by_address) > MAX_ADDRESSES:
                self._by_address.popitem(last=False)


class Authenticator:
    """Checks passwords and sessions; never logs either."""

    def __init__(self, line: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._hash = PasswordHash(line)
        self._failures = FailedAttempts(clock)
        # Sessions survive a restart of the console, but not a change of the password.
        key = hashlib.sha256(line.strip().encode()).digest()
        self._signer = TimestampSigner(key, salt="session", digest_method=hashlib.sha256)
        self._hash_lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_WAITING)
        # Programs send the password with each request, so the last match is not hashed again.
        # Only its keyed digest is kept.
        self._memory_key = secrets.token_bytes(32)
        self._verified: bytes | None = None

    @classmethod
    def from_file(cls, path: Path) -> Authenticator:
        """Return an authenticator for the hash in a file.

        Raises:
            ConfigurationError: the file cannot be read, or holds no hash.

        """
        try:
            return cls(path.read_text("utf-8"))
        except (OSError, ValueError, TypeError) as error:
            # The message never shows the content.
            cause = getattr(error, "strerror", None) or "holds no password hash"
            message = f"{path}: {cause}; run make up again"
            raise ConfigurationError(message) from error

    def check_password(self, password: str, address: str) -> bool:
        """Tell whether a password matches; may block for hashing and for queued attempts.

        Raises:
            TooManyAttemptsError: the address failed too often, or the queue is full.

        """
        seconds = self._failures.wait_seconds(address)
        if seconds > 0:
            raise TooManyAttemptsError(seconds)
        if self._verified is not None and hmac.compare_digest(
            self._fingerprint(password), self._verified
        ):
            return True
        if not self._waiting.acquire(blocking=False):
            raise TooManyAttemptsError(1)
        try:
            with self._hash_lock:
                matches = len(password) <= MAX_PASSWORD_LENGTH and self._hash.matches(password)
        finally:
            self._waiting.release()
        if matches:
            self._verified = self._fingerprint(password)
        else:
            self._failures.add(address)
        return matches

    def _fingerprint(self, password: str) -> bytes:
        return hmac.new(self._memory_key, password.encode(), hashlib.sha256).digest()

    def new_session(self) -> str:
        """Return the value of a session cookie."""
        return self._signer.sign(secrets.token_urlsafe(9)).decode()

    def is_session(self, text: str) -> bool:
        """Tell whether a cookie's value is a valid, unexpired session."""
        try:
            self._signer.unsign(text, max_age=SESSION_SECONDS)
        except BadSignature:
            return False
        return True
