"""Tests that need root."""

import os
import pwd

import pytest


def require_root(folder: str) -> None:
    """Fail unless run as root: a skip would look as if the tests had passed."""
    if os.geteuid() != 0:
        pytest.fail(f"{folder} needs root: run it as root, or run only make check")


def skip_without_root() -> None:
    """Skip, and in CI fail, a unit test that acts as root and as another user."""
    if os.geteuid() != 0:
        reason = "needs root, to act as another user"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


SERVICE = "daemon"
"""Stands for the service user: every system has it, with a group of its own name."""


def service_user() -> tuple[int, int]:
    """Return the ids of its user and group."""
    found = pwd.getpwnam(SERVICE)
    return found.pw_uid, found.pw_gid
