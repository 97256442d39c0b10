"""The steps of the workflow that previews a stack for a pull request, in a fresh checkout.

The tests do what the action itself does: create the stack on request, then preview it without a
terminal.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from blueprint.overview.text import render_plan_summary
from project import ROOT, cache_folder
from tests.support.stacks import planned, raw_cluster
from tests.support.workflows import JOBS, step_of
from tests.support.working_tree import copy_working_tree

pytestmark = pytest.mark.engine

JOB = JOBS["preview/hosts"]
ROOM_IN_A_COMMENT = 64_000


class Runner:
    """A checkout on a computer with an engine, but without an SSH key and an agent."""

    def __init__(self, folder: Path):
        self.checkout = folder / "checkout"
        self._path_file = folder / "path"
        self._path_file.touch()
        self.job_page = folder / "summary.md"
        own = {ROOT / ".venv/bin", ROOT / ".state/uv/bin"}
        path = [part for part in os.environ["PATH"].split(os.pathsep) if Path(part) not in own]
        self._environment = {
            "PATH": os.pathsep.join(path),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(cache_folder().parent),
            "GITHUB_PATH": str(self._path_file),
            "GITHUB_STEP_SUMMARY": str(self.job_page),
        }
        if engine_home := os.environ.get("PULUMI_HOME"):
            self._environment["PULUMI_HOME"] = engine_home
        copy_working_tree(self.checkout)

    def run_scripts(self, job: dict) -> None:
        for step in job["steps"]:
            if "run" in step:
                self._run(["bash", "-e", "-c", step["run"]])

    def preview(self, stack: str, *words: str) -> str:
        state = {
            "PULUMI_BACKEND_URL": f"file://{self.checkout}/.state/backend",
            "PULUMI_CONFIG_PASSPHRASE": "of the test",
        }
        batch = ("--stack", stack, "--non-interactive")
        self._run(["pulumi", "stack", "select", "--create", *batch], **state)
        automated = ("--exec-kind", "auto.local", "--suppress-progress")
        return self._run(["pulumi", "preview", *automated, *batch, *words], **state)

    def _run(self, words: list[str], **variables: str) -> str:
        found = [*self._path_file.read_text().split(), self._environment["PATH"]]
        environment = self._environment | {"PATH": os.pathsep.join(found), **variables}
        done = subprocess.run(
            [shutil.which(words[0], path=environment["PATH"]) or words[0], *words[1:]],
            cwd=self.checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    made = Runner(tmp_path_factory.mktemp("runner"))
    made.run_scripts(JOB)
    return made


@pytest.fixture(scope="module")
def stack():
    return step_of(JOB, "pulumi/actions")["with"]["stack-name"]


def test_a_fresh_state_is_previewed_without_a_host_an_ssh_key_or_a_hypervisor(runner, stack):
    shown = runner.preview(stack)
    assert " command:remote:Command broker-a-properties create" in shown
    assert "to create" in shown.splitlines()[-2:][0]
    assert len(shown) < ROOM_IN_A_COMMENT


def test_the_comment_without_a_state_shows_the_plan(runner, stack):
    shown = [line.strip() for line in runner.preview(stack).splitlines()]
    plan = [line.strip() for line in render_plan_summary(planned(raw_cluster(stack))).splitlines()]
    assert shown[shown.index(plan[0]) :][: len(plan)] == plan


def test_the_page_of_the_job_shows_the_plan(runner, stack):
    plan = render_plan_summary(planned(raw_cluster(stack)))
    page = runner.job_page.read_text("utf-8")
    assert page.startswith(f"```\n{plan.rstrip()}\n")
    assert page.endswith("\n```\n")


def test_the_diff_of_a_fresh_state_leaves_too_little_room_in_a_comment(runner, stack):
    # So the workflow asks for a diff only if there is a state to compare with.
    shown = runner.preview(stack, "--diff")
    assert len(shown) > 3 / 4 * ROOM_IN_A_COMMENT
    assert "PRIVATE KEY" not in shown
