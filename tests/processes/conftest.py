from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.processes.instances import Group, find_archive, make_group, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def rocketmq(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack RocketMQ; without an archive fail in CI, skip elsewhere."""
    archive = find_archive()
    if archive is None or not archive.is_file():
        message = (
            f"RocketMQ archive {archive or '.state/archive/*.zip'} is missing: `make archive`"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("rocketmq")
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    (unpacked,) = folder.iterdir()
    return unpacked


@pytest.fixture(scope="module")
def group(rocketmq: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """Start two name servers, a drained master and its slave in parallel; leave none behind."""
    made = make_group(tmp_path_factory.mktemp("group"), rocketmq)
    with running(made.instances):
        yield made
