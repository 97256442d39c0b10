"""The real engine shows once what a script prints when it fails in an update."""

import os
import subprocess

import pytest

from blueprint.plan.paths import REMOTING
from blueprint.rendering.scripts import render_verification
from tests.support.stacks import planned, raw_cluster

pytestmark = pytest.mark.engine

PROGRAM = """\
import pathlib

from pulumi_command import local

local.Command(
    "server1-verification",
    create="bash -s ensure",
    stdin=pathlib.Path("script").read_text(),
    logging=local.Logging.STDERR,
    add_previous_output_in_env=False,
)
"""
CHECKS = """\
echo '{"host": "server1", "checks": []}'
cat >&2 <<'END'
process   role    checks
broker-a  master  FAILED registered
1 of 5 failed on server1 at 2026-11-28T10:00:00Z after 9.0 s
cause: registered of broker-a on server1: no name server lists it
  last 1 lines of broker.log:
    no route to the name server
END
exit 1
"""


@pytest.fixture
def update(tmp_path):
    """Return a function that runs an update with the script of a failing verification."""
    (tmp_path / "backend").mkdir()
    (tmp_path / "checks").write_text(CHECKS)
    (tmp_path / "Pulumi.yaml").write_text("name: failures\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    script = render_verification(planned(raw_cluster()).hosts[0], ["{}"], 60)
    script = script.replace(f"python3 {REMOTING}", f"sh {tmp_path}/checks")
    (tmp_path / "script").write_text(script.replace("/run/rocketmq-pulumi", f"{tmp_path}/locks"))
    environment = os.environ | {
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/backend?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "test",
    }
    environment.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)

    def run(*words):
        return subprocess.run(
            ["pulumi", *words, "--stack", "local", "--non-interactive"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    run("stack", "init")
    return lambda: run("up", "--yes", "--skip-preview")


def test_a_failed_verification_is_one_page_with_the_remedy_last(update):
    done = update()
    assert done.returncode != 0
    assert '"checks"' not in done.stdout
    lines = [line.removeprefix("    ") for line in done.stdout.splitlines()]
    begin = lines.index("process   role    checks")
    assert lines[begin + 1 : begin + 6] == [
        "broker-a  master  FAILED registered",
        "1 of 5 failed on server1 at 2026-11-28T10:00:00Z after 9.0 s",
        "cause: registered of broker-a on server1: no name server lists it",
        "  last 1 lines of broker.log:",
        "    no route to the name server",
    ]
    assert lines[begin + 6].startswith("server1: the cluster is not verified, ")
    for line in lines[begin : begin + 7]:
        assert done.stdout.count(line) == 1, done.stdout
