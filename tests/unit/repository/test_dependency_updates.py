"""Dependabot knows every folder that has a lock."""

import pytest
import yaml

from project import ROOT
from toolchain.secrets import tracked_files

UPDATES = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]


@pytest.mark.parametrize(
    ("ecosystem", "lock"), [("uv", "uv.lock"), ("gomod", "go.mod"), ("maven", "pom.xml")]
)
def test_every_locked_folder_is_updated(ecosystem, lock):
    listed = [
        folder
        for update in UPDATES
        if update["package-ecosystem"] == ecosystem
        for folder in update.get("directories", [update.get("directory")])
    ]
    locks = [name for name in tracked_files(ROOT) if name.rpartition("/")[2] == lock]
    assert sorted(listed) == sorted("/" + name.rpartition("/")[0] for name in locks)


def test_actions_are_updated():
    assert "github-actions" in {update["package-ecosystem"] for update in UPDATES}
