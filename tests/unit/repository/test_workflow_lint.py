"""`make lint-workflows` refuses what GitHub, or the shell, would only report at run time."""

import subprocess

import pytest
import yaml

from project import ROOT

pytestmark = pytest.mark.go

VALID = {
    "on": "push",
    "permissions": {"contents": "read"},
    "jobs": {"job": {"runs-on": "ubuntu-24.04", "steps": [{"run": 'rm -- "$HOME/file"'}]}},
}


def lint(folder, **of_the_job):
    file = folder / "workflow.yml"
    job = VALID["jobs"]["job"] | of_the_job
    file.write_text(yaml.safe_dump({**VALID, "jobs": {"job": job}}, sort_keys=False))
    return subprocess.run(
        ["make", "--silent", "lint-workflows", f"WORKFLOWS={file}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_valid_workflow_passes(tmp_path):
    done = lint(tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize(
    ("of_the_job", "named"),
    [
        ({"steps": [{"run": "rm -- $HOME/file"}]}, "SC2086"),
        ({"steps": [{"run": "echo ${{ github.head_ref }}"}]}, "potentially untrusted"),
        ({"steps": [{"run": "true", "if": "secrets.KEY != ''"}]}, '"secrets" is not allowed here'),
        ({"time-out": 5}, 'unexpected key "time-out"'),
        ({"runs-on": ["self-hosted", "rocketmq-lap"]}, 'label "rocketmq-lap" is unknown'),
        ({"permissions": {"pull-requests": "comment"}}, '"comment" is invalid'),
    ],
    ids=["shell", "injection", "context", "key", "label", "permission"],
)
def test_a_broken_workflow_is_refused(tmp_path, of_the_job, named):
    done = lint(tmp_path, **of_the_job)
    assert done.returncode != 0
    assert named in done.stdout
