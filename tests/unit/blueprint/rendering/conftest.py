"""A folder that other users can reach."""

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def open_folder():
    """A temporary folder whose parents every user may pass, unlike those of pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="rocketmq-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
