"""The console's files, scripts and program on its host."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from blueprint.plan.archives import Archive
from blueprint.rendering.console import (
    MAKE_LOGIN,
    Password,
    parse_password,
    render_console_check,
    render_console_configuration,
    render_console_program,
    render_console_service,
    render_console_unit,
    render_login,
)
from blueprint.rocketmq.versions import DEFAULT_VERSION
from console.configuration import read_configuration
from console.server.auth import Authenticator
from remoting.checks.console import KINDS
from tests.support.golden import JAR
from tests.support.stacks import changed, planned, raw_cluster
from tests.unit.blueprint.rendering.test_scripts import LONGEST_LINE, SHELLCHECK

CLUSTER = planned(raw_cluster())
DASHBOARD = planned(changed(console={"kind": "dashboard", "jar": JAR}))
PROGRAM = Archive(sha512="ab" * 64, url=None)
BOTH = pytest.mark.parametrize("cluster", [CLUSTER, DASHBOARD], ids=["builtin", "dashboard"])
PRINTED = ['{"sha":"1","writes":1}']


def scripts(cluster):
    console = cluster.console
    program = console.jar or PROGRAM
    return {
        "program": render_console_program(console, program),
        "service": render_console_service(console, program, PRINTED, 180),
        "check": render_console_check(cluster, console, cluster.hosts[1], "it's secret", "{}"),
    }


@BOTH
@pytest.mark.parametrize("name", ["program", "service", "check"])
def test_a_script_passes_shellcheck(cluster, name, tmp_path):
    text = scripts(cluster)[name]
    path = tmp_path / "script.sh"
    path.write_text(text)
    words = [SHELLCHECK, "--shell=bash", "--severity=warning", path]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert max(map(len, text.splitlines())) < LONGEST_LINE


def test_the_console_parses_its_rendered_configuration(tmp_path):
    path = tmp_path / "console.json"
    path.write_text(render_console_configuration(CLUSTER, CLUSTER.console))
    read = read_configuration(path)
    assert (read.listen, read.scheme) == ("10.98.64.151:8080", "2m-2s-sync")
    assert read.version == DEFAULT_VERSION
    assert str(read.login) == str(CLUSTER.console.login_file)
    assert 0 < read.request_seconds < read.every_seconds


def test_an_emulated_host_is_polled_less_often_with_longer_timeouts():
    configurations = []
    for emulated in (False, True):
        cluster = planned(raw_cluster(), emulated=emulated)
        configurations.append(json.loads(render_console_configuration(cluster, cluster.console)))
    for key in ("everySeconds", "requestSeconds"):
        assert configurations[0][key] < configurations[1][key]


def test_each_generated_password_is_different():
    made = []
    for _ in range(2):
        words = ["bash", "-s"]
        done = subprocess.run(words, input=MAKE_LOGIN, capture_output=True, text=True, check=True)
        made.append(parse_password(done.stdout))
    for password in made:
        assert len(password.text) == 26
        assert len(password.salt) == 16
    assert made[0].text != made[1].text
    assert made[0].salt != made[1].salt


@pytest.mark.parametrize("text", ["", "one", "a b c", "-- AAAA"])
def test_other_output_is_refused_as_a_password_and_not_repeated(text):
    with pytest.raises(ValueError, match=r"^no password was printed; are base32") as refused:
        parse_password(text)
    assert not text or text not in str(refused.value).split()


def test_the_login_file_accepts_the_password_without_containing_it():
    password = Password(text="abcdefghij234567", salt=b"0123456789abcdef")
    line = render_login(CLUSTER.console, password)
    assert password.text not in line
    assert line == render_login(CLUSTER.console, password)
    authenticator = Authenticator(line)
    assert authenticator.check_password(password.text, "10.0.0.1")
    assert not authenticator.check_password(password.text + "x", "10.0.0.1")


def test_a_dashboards_login_file_is_in_its_own_format():
    password = Password(text="abcdefghij234567", salt=b"0123456789abcdef")
    assert render_login(DASHBOARD.console, password) == "admin=abcdefghij234567,1\n"


def test_console_checks_and_plan_use_the_same_kinds():
    assert set(KINDS) == {CLUSTER.console.console_kind, DASHBOARD.console.console_kind}


def test_a_dashboard_starts_with_its_login_enabled():
    unit = render_console_unit(DASHBOARD, DASHBOARD.console, DASHBOARD.console.jar)
    (command,) = (line for line in unit.splitlines() if line.startswith("ExecStart="))
    for word in (
        "--server.port=8080",
        "'--rocketmq.config.namesrvAddr=10.98.64.151:9876;10.98.64.152:9876'",
        "--rocketmq.config.loginRequired=true",
        "--rocketmq.config.dataPath=/usr/local/rocketmq/home/console/data",
    ):
        assert f" {word} " in f"{command} "
    assert "User=rocketmq\n" in unit


@BOTH
def test_systemd_accepts_the_unit(cluster, tmp_path):
    console = cluster.console
    path = tmp_path / console.paths.unit
    # What it starts is not here.
    text = render_console_unit(cluster, console, console.jar or PROGRAM)
    text = text.replace("User=rocketmq", "User=root").replace("Group=rocketmq", "Group=root")
    path.write_text(text)
    words = ["systemd-analyze", "verify", "--man=no", path]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if path.name in line]
    assert [line for line in complaints if "not executable" not in line] == []


def test_the_compiled_program_runs_without_its_sources(tmp_path):
    """Run the commands of the installing script."""
    archive, folder, program = tmp_path / "a.zip", tmp_path / "package", tmp_path / "program"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("__main__.py", "import sys; sys.exit(7)")
    for words in (
        ["zipfile", "-e", archive, folder],
        ["compileall", "-q", "-b", "--invalidation-mode", "unchecked-hash", folder],
        ["zipapp", folder, "-p", "/usr/bin/env python3", "-o", program],
    ):
        assert f"python3 -m {words[0]} " in scripts(CLUSTER)["program"]
        subprocess.run([sys.executable, "-m", *words], check=True)
    assert "__main__.pyc" in zipfile.ZipFile(program).namelist()
    assert subprocess.run([sys.executable, "-I", program], check=False).returncode == 7


def test_the_console_shares_no_path_with_another_process():
    taken = [path for p in CLUSTER.processes for path in (p.paths.conf_file, p.paths.unit_file)]
    console = CLUSTER.console
    for path in (console.paths.conf_file, console.paths.unit_file, console.login_file):
        assert path not in taken
    assert Path(str(console.login_file)).parent == Path(str(console.paths.conf_file)).parent
