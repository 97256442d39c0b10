"""The real engine, on a copy of the committed settings and with its own backend."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from project import ROOT


class Engine:
    """`pulumi` in this project, on a stack that exists only for the test."""

    def __init__(self, folder: Path, passphrase: str = "test"):  # noqa: S107 (of a state that only the test has)
        self.config = folder / "Pulumi.local.yaml"
        (folder / "backend").mkdir()
        (folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
        self.settings = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())
        self.write()
        self.environment = os.environ | {
            "PULUMI_BACKEND_URL": f"file://{folder}/backend",
            "PULUMI_CONFIG_PASSPHRASE": passphrase,
            "ROCKETMQ_MACHINES_ROOT": str(folder / "machines"),
        }
        self.environment.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        self.run("-C", str(folder), "stack", "init", "local")

    @property
    def cluster(self) -> dict:
        return self.settings["config"]["rocketmq:cluster"]

    def write(self) -> None:
        self.config.write_text(yaml.safe_dump(self.settings, sort_keys=False))

    def run(self, *words: str, stderr: int = subprocess.PIPE):
        return subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    def preview(self, *words: str, stderr: int = subprocess.PIPE):
        self.write()
        options = ("--stack", "local", "--config-file", str(self.config))
        return self.run("preview", *options, *words, stderr=stderr)


@pytest.fixture
def engine(tmp_path):
    return Engine(tmp_path)
