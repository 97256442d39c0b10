"""Tests that make machines need root."""

import os

import pytest


def require_root(folder: str) -> None:
    """Fail unless this is root: a skip would look as if the tests had passed."""
    if os.geteuid() != 0:
        pytest.fail(f"{folder} need root: run them as root, or only make check")
