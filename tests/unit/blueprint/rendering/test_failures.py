"""A script that fails prints one page: what it found, the host and the cause, the remedy last."""

import subprocess

import pytest

from blueprint.plan.paths import REMOTING
from blueprint.rendering.scripts import render_script, render_verification
from blueprint.rendering.templates import render
from tests.support.stacks import planned, raw_cluster

HOST = planned(raw_cluster()).hosts[0]


@pytest.fixture
def run(tmp_path):
    """Run a script of a host; its locks are in a folder of the test."""

    def run(script, verb="ensure"):
        text = script.replace("/run/rocketmq-pulumi", str(tmp_path / "locks"))
        return subprocess.run(
            ["bash", "-s", verb], input=text, text=True, capture_output=True, check=False
        )

    return run


def framed(body, verb="ensure"):
    function = "\n".join([f"{verb}() {{", *(f"\t{line}" for line in body), "}"])
    return render("scripts/frame.sh.j2", subject="subject", host="server1", body=function)


def test_a_failure_is_on_stdout_alone_because_an_update_prints_stderr_twice(run):
    done = run(framed(['fail "port 10911 is taken; stop what uses it"']))
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == (
        "server1: port 10911 is taken; stop what uses it\n",
        "",
    )


def test_the_failure_of_a_check_outside_an_update_is_on_stderr(run):
    done = run(framed(['fail "port 10911 is taken; stop what uses it"'], "check"), "check")
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == (
        "",
        "server1: port 10911 is taken; stop what uses it\n",
    )


def test_a_warning_is_on_stderr_where_it_is_shown_while_the_script_runs(run):
    done = run(framed(["echo warning >&2", "echo '{}'"]))
    assert (done.returncode, done.stdout, done.stderr) == (0, "{}\n", "warning\n")


@pytest.mark.parametrize("body", [["cat /no/such"], ["local a", "a=$(cat /no/such)"]])
def test_a_command_that_fails_without_a_message_of_ours_is_named_with_its_host(run, body):
    done = run(framed([*body, "echo not reached"]))
    assert done.returncode == 1
    assert done.stderr == "cat: /no/such: No such file or directory\n"
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"server1: '{body[-1]}' failed with status 1, ")
    assert line.endswith("; fix the cause and run again")


def test_what_a_failed_command_reads_is_not_printed(run):
    done = run(framed(["false <<'END'", "a password", "END"]).replace("\tEND", "END"))
    assert done.returncode == 1
    assert "password" not in done.stdout + done.stderr


def test_a_failure_that_the_script_expects_is_no_failure(run):
    done = run(framed(["false || true", "if false; then :; fi", "! true", "echo '{}'"]))
    assert (done.returncode, done.stdout, done.stderr) == (0, "{}\n", "")


def test_a_script_that_waits_for_an_earlier_run_says_so(run, tmp_path):
    (tmp_path / "locks").mkdir()
    lock = tmp_path / "locks" / "subject.lock"
    script = framed(["echo '{}'"]).replace("flock -w 600 8", "flock -w 0 8")
    with subprocess.Popen(["flock", lock, "sh", "-c", "echo held; read _"], **PIPES) as holder:
        assert holder.stdout.readline() == "held\n"
        done = run(script)
        holder.stdin.write("\n")
    assert done.returncode == 1
    waits, refused = done.stderr.splitlines()
    assert waits == "server1: waiting for an earlier run that still changes subject"
    assert refused.startswith("server1: subject is still being changed by an earlier run; ")


PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
TABLE = "process   role    checks\nbroker-a  master  FAILED registered"
CONCLUSION = "1 of 5 failed on server1 at 2026-11-28T10:00:00Z after 9.0 s"
CAUSES = "cause: registered of broker-a on server1: no name server lists it"


def verification(tmp_path, status):
    """The script of a verification, with checks that print a report in both forms."""
    checks = tmp_path / "checks"
    page = f"{TABLE}\n{CONCLUSION}\n" + (f"{CAUSES}\n" if status else "")
    checks.write_text(
        f"#!/bin/sh\necho '{{\"host\": \"server1\"}}'\ncat >&2 <<'END'\n{page}END\nexit {status}\n"
    )
    script = render_verification(HOST, ["{}"], 60)
    assert f"python3 {REMOTING}" in script
    return script.replace(f"python3 {REMOTING}", f"sh {checks}")


def test_a_failed_verification_prints_its_table_and_causes_once_and_no_json(run, tmp_path):
    done = run(verification(tmp_path, 1))
    assert done.returncode == 1
    assert done.stderr == ""
    *page, remedy = done.stdout.splitlines()
    assert "\n".join(page) == f"{TABLE}\n{CONCLUSION}\n{CAUSES}"
    assert remedy.startswith("server1: the cluster is not verified, ")
    assert remedy.endswith("; fix them, then run the update again")


def test_a_verification_prints_its_report_for_programs_and_one_line_for_people(run, tmp_path):
    done = run(verification(tmp_path, 0))
    assert (done.returncode, done.stdout) == (0, '{"host": "server1"}\n')
    assert done.stderr == f"{CONCLUSION}\n"


def test_a_check_of_the_console_that_fails_names_the_host_the_cause_and_the_remedy(run, tmp_path):
    checks = tmp_path / "checks"
    checks.write_text("#!/bin/sh\nread -r password\necho 'status 502' >&2\nexit 1\n")
    script = render_script(
        "console-check",
        HOST,
        check="console-answers",
        password="secret-word",  # noqa: S106 (of a console that does not exist)
        before="",
    ).replace(f"python3 {REMOTING}", f"sh {checks}")
    done = run(script)
    assert done.returncode == 1
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert line.startswith("server1: no login to the console from here: status 502; see ")
    assert "secret-word" not in line
