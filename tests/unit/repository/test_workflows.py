"""What the workflows promise to those who run them, and to those whose secrets they hold."""

import json
import re
import tomllib

import pytest

from project import ROOT
from tests.support.workflows import FILES, JOBS, PREVIEWS, WORKFLOWS, step_of, triggers
from toolchain.recipe import ENGINE_VERSION

NOT_A_FORK = "github.event.pull_request.head.repo.full_name == github.repository"
PINNED = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

every_workflow = pytest.mark.parametrize("name", WORKFLOWS)
every_job = pytest.mark.parametrize("name", JOBS)
every_preview = pytest.mark.parametrize("name", PREVIEWS)


def test_the_stacks_that_are_previewed():
    assert PREVIEWS == ("preview/hosts", "preview/lab")


@every_workflow
def test_only_events_that_give_a_fork_nothing_start_a_workflow(name):
    assert triggers(WORKFLOWS[name]) <= {"pull_request", "push"}


@every_workflow
def test_a_token_can_only_read_unless_a_job_says_otherwise(name):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}


def test_only_previews_may_write_and_only_comments():
    asked = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    allowed = {"contents": "read", "pull-requests": "write"}
    assert asked == dict.fromkeys(PREVIEWS, allowed)


@every_job
def test_a_fork_gets_no_secret_no_writing_token_and_no_runner_of_ours(name):
    job = JOBS[name]
    worth_guarding = (
        "secrets." in json.dumps(job) or "permissions" in job or "self-hosted" in job["runs-on"]
    )
    condition = job.get("if", "")
    assert worth_guarding == (NOT_A_FORK in condition.split(" && "))
    assert "||" not in condition


def test_the_runner_of_ones_own_is_off_until_it_is_switched_on():
    assert JOBS["preview/lab"]["if"].startswith("vars.PREVIEW_LAB == 'true' && ")


@every_job
def test_only_the_engine_sees_secrets(name):
    steps = JOBS[name]["steps"]
    told = [step.get("uses", "") for step in steps if "secrets." in json.dumps(step)]
    assert all(action.startswith("pulumi/actions@") for action in told)


@every_job
def test_no_expression_gets_into_a_script(name):
    assert [step for step in JOBS[name]["steps"] if "${{" in step.get("run", "")] == []


@every_job
def test_no_token_is_left_in_the_checkout(name):
    assert step_of(JOBS[name], "actions/checkout")["with"]["persist-credentials"] is False


@every_job
def test_a_job_that_hangs_is_ended(name):
    assert 0 < JOBS[name]["timeout-minutes"] <= 90


@every_preview
def test_one_preview_of_a_stack_and_pull_request_at_a_time_and_none_is_killed(name):
    stack = name.partition("/")[2]
    group = f"preview-{stack}-${{{{ github.event.pull_request.number }}}}"
    assert JOBS[name]["concurrency"] == {"group": group, "cancel-in-progress": False}


def test_actions_are_pinned_to_a_commit_and_each_to_one():
    lines = [
        line.strip().removeprefix("- ").removeprefix("uses: ")
        for file in FILES
        for line in file.read_text("utf-8").splitlines()
        if "uses:" in line
    ]
    assert [line for line in lines if not PINNED.match(line)] == []
    pins = {line.partition("@")[0]: line for line in lines}
    assert set(lines) == set(pins.values())


@every_preview
def test_the_engine_is_the_one_that_the_sdk_is_locked_to(name):
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    locked = {package["name"]: package["version"] for package in lock["package"]}
    said = step_of(JOBS[name], "pulumi/actions")["with"]["pulumi-version"]
    assert said == locked["pulumi"] == ENGINE_VERSION


@every_preview
def test_a_preview_becomes_one_comment(name):
    told = step_of(JOBS[name], "pulumi/actions")["with"]
    assert told["command"] == "preview"
    assert told["comment-on-pr"] is told["edit-pr-comment"] is True
    # What does not fit into a comment is cut from its front: the numbers at its end stay.
    assert told["always-include-summary"] is True


@every_preview
def test_no_stack_is_made_in_a_shared_state_and_its_diff_is_shown(name):
    job = JOBS[name]
    assert job["env"]["SHARED_STATE"] == "${{ secrets.PULUMI_BACKEND_URL != '' }}"
    told = step_of(job, "pulumi/actions")["with"]
    assert told["upsert"] == "${{ env.SHARED_STATE != 'true' }}"
    assert told["diff"] == "${{ env.SHARED_STATE }}"


def test_both_previews_are_made_alike():
    hosts, lab = (step_of(JOBS[name], "pulumi/actions") for name in PREVIEWS)
    assert hosts["with"] | {"stack-name": "lab"} == lab["with"]
    assert hosts["env"] == lab["env"]


@every_preview
def test_what_the_program_needs_is_made_ready_for_the_previewed_stack(name):
    (script,) = (step["run"] for step in JOBS[name]["steps"] if "run" in step)
    stack = step_of(JOBS[name], "pulumi/actions")["with"]["stack-name"]
    assert name == f"preview/{stack}"
    assert re.search(rf"^make python archive( image)? STACK={stack}$", script, re.MULTILINE)


def test_ci_runs_the_test_command_of_the_readme():
    commands = re.findall(r"^ {4}(make \S+) +#", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[1] == "make test"
    assert JOBS["ci/test"]["steps"][-1]["run"].endswith(f" {commands[1]}")
    assert triggers(WORKFLOWS["ci"]) == {"pull_request", "push"}


def test_ci_answers_with_make_check_without_waiting_for_the_long_job():
    check = JOBS["ci/check"]
    assert check["steps"][-1]["run"] == "make check"
    assert "needs" not in check
    assert check["timeout-minutes"] < JOBS["ci/test"]["timeout-minutes"]
