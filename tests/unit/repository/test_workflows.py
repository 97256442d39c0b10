"""The workflows run the right commands, and protect the secrets they are given."""

import json
import re

import pytest

from project import ROOT
from tests.support.workflows import FILES, JOBS, PREVIEWS, WORKFLOWS, step_of, triggers
from toolchain.recipe import ENGINE_VERSION

NOT_A_FORK = "github.event.pull_request.head.repo.full_name == github.repository"
PINNED = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

every_workflow = pytest.mark.parametrize("name", WORKFLOWS)
every_job = pytest.mark.parametrize("name", JOBS)
every_preview = pytest.mark.parametrize("name", PREVIEWS)


def test_stacks_hosts_and_lab_are_previewed():
    assert PREVIEWS == ("preview/hosts", "preview/lab")


@every_workflow
def test_only_events_without_secrets_for_forks_start_a_workflow(name):
    assert triggers(WORKFLOWS[name]) <= {"pull_request", "push"}


@every_workflow
def test_tokens_are_read_only_by_default(name):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}


def test_only_previews_may_write_and_only_comments():
    granted = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    allowed = {"contents": "read", "pull-requests": "write"}
    assert granted == dict.fromkeys(PREVIEWS, allowed)


@every_job
def test_a_fork_gets_no_secret_no_write_token_and_no_self_hosted_runner(name):
    job = JOBS[name]
    is_sensitive = (
        "secrets." in json.dumps(job) or "permissions" in job or "self-hosted" in job["runs-on"]
    )
    condition = job.get("if", "")
    assert is_sensitive == (NOT_A_FORK in condition.split(" && "))
    assert "||" not in condition


def test_the_self_hosted_runner_is_opt_in():
    assert JOBS["preview/lab"]["if"].startswith("vars.PREVIEW_LAB == 'true' && ")


@every_job
def test_only_the_engine_sees_secrets(name):
    steps = JOBS[name]["steps"]
    actions = [step.get("uses", "") for step in steps if "secrets." in json.dumps(step)]
    assert all(action.startswith("pulumi/actions@") for action in actions)


@every_job
def test_no_expression_is_expanded_into_a_script(name):
    assert [step for step in JOBS[name]["steps"] if "${{" in step.get("run", "")] == []


@every_job
def test_the_checkout_keeps_no_token(name):
    assert step_of(JOBS[name], "actions/checkout")["with"]["persist-credentials"] is False


@every_job
def test_every_job_has_a_timeout(name):
    assert 0 < JOBS[name]["timeout-minutes"] <= 90


@every_preview
def test_previews_of_a_stack_and_pull_request_run_one_at_a_time_and_are_not_canceled(name):
    stack = name.partition("/")[2]
    group = f"preview-{stack}-${{{{ github.event.pull_request.number }}}}"
    assert JOBS[name]["concurrency"] == {"group": group, "cancel-in-progress": False}


def test_each_action_is_pinned_to_one_commit():
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
def test_a_preview_installs_the_engine_that_we_build(name):
    version = step_of(JOBS[name], "pulumi/actions")["with"]["pulumi-version"]
    assert version == ENGINE_VERSION


@every_preview
def test_a_preview_updates_one_comment(name):
    options = step_of(JOBS[name], "pulumi/actions")["with"]
    assert options["command"] == "preview"
    assert options["comment-on-pr"] is options["edit-pr-comment"] is True
    # A comment that is too long is cut at its start, which keeps the summary at its end.
    assert options["always-include-summary"] is True


@every_preview
def test_a_shared_state_gets_no_new_stack_and_shows_a_diff(name):
    job = JOBS[name]
    assert job["env"]["SHARED_STATE"] == "${{ secrets.PULUMI_BACKEND_URL != '' }}"
    options = step_of(job, "pulumi/actions")["with"]
    assert options["upsert"] == "${{ env.SHARED_STATE != 'true' }}"
    assert options["diff"] == "${{ env.SHARED_STATE }}"


def test_both_previews_have_the_same_options():
    hosts, lab = (step_of(JOBS[name], "pulumi/actions") for name in PREVIEWS)
    assert hosts["with"] | {"stack-name": "lab"} == lab["with"]
    assert hosts["env"] == lab["env"]


@every_preview
def test_a_preview_first_builds_what_the_stack_needs_and_shows_its_plan(name):
    script, plan = (step["run"] for step in JOBS[name]["steps"] if "run" in step)
    stack = step_of(JOBS[name], "pulumi/actions")["with"]["stack-name"]
    assert name == f"preview/{stack}"
    assert re.search(rf"^make sdk archive( image)? STACK={stack}$", script, re.MULTILINE)
    assert re.search(rf"\bmake plan STACK={stack};.*>> \"\$GITHUB_STEP_SUMMARY\"$", plan)


def test_ci_runs_the_test_command_of_the_readme():
    commands = re.findall(r"^ {4}(make \S+) +#", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[1] == "make test"
    assert JOBS["ci/test"]["steps"][-1]["run"].endswith(f" {commands[1]}")
    assert triggers(WORKFLOWS["ci"]) == {"pull_request", "push"}


def test_ci_runs_make_check_in_a_short_job_of_its_own():
    check = JOBS["ci/check"]
    assert check["steps"][-1]["run"] == "make check"
    assert "needs" not in check
    assert check["timeout-minutes"] < JOBS["ci/test"]["timeout-minutes"]
