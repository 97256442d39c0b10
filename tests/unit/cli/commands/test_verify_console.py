"""`make verify` checks the console from another host, and gives it the hosts' reports."""

import json
import shlex
from dataclasses import replace
from subprocess import CompletedProcess

import pytest

from cli.commands import verify as console
from cli.commands.verify import (
    ConsoleLogin,
    check_console,
    how_to_log_in,
    read_console,
    record_reports,
)
from cli.ssh.connection import Login
from remoting.commands.main import argument_parser

SECRET = "secret"  # noqa: S105 (of tests)
CONSOLE = ConsoleLogin(
    url="http://10.0.0.1:8080",
    kind="builtin",
    host="server1",
    cluster="DefaultCluster",
    password=SECRET,
)
FIRST, SECOND = (
    Login(host=f"server{n}", address=f"10.0.0.{n}", user=user, host_key="k")
    for n, user in ((1, "root"), (2, "ops"))
)
REPORT = {"host": "server1", "ok": True, "at": "then", "seconds": 0.1, "processes": []}


@pytest.fixture
def asked(monkeypatch):
    """What was run, with its input; every host answers well."""
    found = []

    def capture(words, *, text="", timeout_seconds):
        assert timeout_seconds is None  # the host limits its own check
        found.append((words, text))
        return CompletedProcess(words, 0, json.dumps({"state": "healthy"}), "")

    monkeypatch.setattr(console, "capture", capture)
    return found


def test_a_stack_without_a_console_has_none():
    assert read_console({"namesrvAddr": "x"}) is None


def test_the_console_is_read_from_the_outputs():
    exported = {"kind": "builtin", "host": "server1", "user": "admin", "cluster": "DefaultCluster"}
    outputs = {"console": exported, "consoleUrl": CONSOLE.url, "consolePassword": "secret"}
    assert read_console(outputs) == CONSOLE


def test_another_host_logs_in_and_the_password_is_not_in_the_command(asked):
    is_ok, line = check_console(("ssh",), CONSOLE, [FIRST, SECOND])
    assert is_ok
    assert line == "console: http://10.0.0.1:8080 answers server2: healthy\n"
    ((words, text),) = asked
    assert text == "secret\n"
    assert "secret" not in " ".join(words)
    assert words[-2] == "ops@10.0.0.2"
    assert shlex.split(words[-1])[:3] == ["sudo", "-n", "python3"]


def test_a_lone_host_checks_from_its_own_host(asked):
    is_ok, _ = check_console(("ssh",), CONSOLE, [FIRST])
    assert is_ok
    assert asked[0][0][-2] == "root@10.0.0.1"


def test_a_console_that_does_not_answer_is_reported_in_one_line(monkeypatch):
    failed = CompletedProcess([], 1, "", "noise\nconsole-login failed for it: cause\n")
    monkeypatch.setattr(console, "capture", lambda *_, **__: failed)
    is_ok, line = check_console(("ssh",), CONSOLE, [FIRST, SECOND])
    assert not is_ok
    assert line == "console: FAILED from server2: console-login failed for it: cause\n"


def test_the_consoles_host_gets_every_report_and_a_silent_host_counts_as_failed(asked):
    reports = [CompletedProcess([], 0, json.dumps(REPORT), "table"), None]
    record_reports(("ssh",), CONSOLE, [FIRST, SECOND], reports)
    ((words, text),) = asked
    assert words[-2] == "root@10.0.0.1"
    assert shlex.split(words[-1])[1:] == [
        "/var/lib/rocketmq-pulumi-host/verification.json",
        "0644",
        "root:root",
        str(len(text.encode())),
    ]
    mine, theirs = json.loads(text)
    assert mine == REPORT
    assert (theirs["host"], theirs["ok"], theirs["processes"]) == ("server2", False, [])
    assert text.endswith("\n")


def test_output_that_is_not_a_report_counts_as_failed(asked):
    garbled = CompletedProcess([], 255, "ssh: garbled", "")
    record_reports(("ssh",), CONSOLE, [FIRST], [garbled])
    assert json.loads(asked[0][1])[0]["ok"] is False


def test_the_login_is_shown_without_the_password():
    outputs = {"console": {"user": "admin"}, "consolePassword": SECRET}
    line = how_to_log_in(outputs, "local")
    assert line.startswith("user admin, password: source toolchain/env; pulumi stack output ")
    assert SECRET not in line.replace("--show-secrets", "")


@pytest.mark.parametrize(("startup", "whole", "each"), [(60, 20, 5), (1800, 300, 60)])
def test_a_host_that_starts_slowly_is_given_longer_for_each_answer(asked, startup, whole, each):
    slow = replace(FIRST, startup_seconds=startup)
    is_ok, _ = check_console(("ssh",), CONSOLE, [slow])
    assert is_ok
    # The command accepts these arguments.
    options = argument_parser().parse_args(shlex.split(asked[0][0][-1])[2:])
    assert (options.timeout, options.request_seconds) == (whole, each)
