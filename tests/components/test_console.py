"""The console's resources: their host, content and replacement."""

import shlex

import pytest

from blueprint.rendering.console import render_console_configuration, render_console_unit
from tests.support.golden import JAR
from tests.support.recording import PASSWORD, REMOTE_COMMAND, UPLOAD, Secret, opened
from tests.support.stacks import changed, planned, raw_cluster

CLUSTER = planned(raw_cluster())


def console_of(recorded):
    found = recorded.of_type(REMOTE_COMMAND, UPLOAD)
    return {one.name: one for one in found if one.name.startswith("console-")}


def addresses(recorded):
    return {
        name: opened(opened(found.inputs["connection"])["host"])
        for name, found in console_of(recorded).items()
    }


def test_everything_is_on_the_first_host_except_the_check_from_another(recorded):
    places = addresses(recorded)
    assert places.pop("console-check") == "10.98.64.152"
    assert set(places.values()) == {"10.98.64.151"}
    assert len(places) == 7


def test_on_another_host_the_check_is_from_the_first(record_settings):
    found = record_settings(changed(console={"kind": "builtin", "host": "server2"}))
    places = addresses(found)
    assert places.pop("console-check") == "10.98.64.151"
    assert set(places.values()) == {"10.98.64.152"}
    # Another host is another identity: everything is created there and removed from the old one.
    for one in console_of(found).values():
        assert one.delete_before_replace, one.name


def test_on_a_single_host_the_check_is_from_that_host(record_settings):
    raw = changed(allowSharedHost=True)
    raw["hosts"]["servers"] = raw["hosts"]["servers"][:1]
    assert set(addresses(record_settings(raw)).values()) == {"10.98.64.151"}


def _length(inputs):
    return str(len(opened(inputs["stdin"]).encode()))


def test_its_files_are_what_is_rendered_and_only_readable_by_its_user(recorded):
    resources = recorded.resources
    configuration = resources["console-configuration"].inputs
    assert configuration["stdin"] == render_console_configuration(CLUSTER, CLUSTER.console)
    words = shlex.split(configuration["create"])[2:]
    assert words == ["0640", "root:rocketmq", _length(configuration)]
    login = resources["console-builtin-login"].inputs
    assert shlex.split(login["create"])[1:] == [
        "/usr/local/rocketmq/conf/console/login",
        "0640",
        "root:rocketmq",
        _length(login),
    ]
    unit = resources["console-unit"].inputs
    assert shlex.split(unit["create"])[1:] == [
        "/etc/systemd/system/rocketmq-console.service",
        "0644",
        "root:root",
        _length(unit),
    ]


def test_it_shows_what_every_host_reported(recorded):
    text = recorded.resources["console-verification"].inputs["stdin"]
    for host in ("server1", "server2"):
        assert f'"host": "{host}"' in text


def test_a_report_does_not_restart_it(recorded):
    service = recorded.resources["console-service"].inputs["stdin"]
    assert "console-verification" not in service


def test_another_program_changes_its_unit_and_restarts_it(recorded):
    unit = recorded.resources["console-unit"].inputs["stdin"]
    source = recorded.resources["console-upload"].inputs["source"]["path"]
    digest = source.rpartition("/")[2].removesuffix(".zip")
    assert f"/console/{digest}.pyz" in unit
    assert f"/console/{digest}.pyz" in recorded.resources["console-program"].inputs["stdin"]


@pytest.fixture
def dashboard(record_settings):
    return record_settings(changed(console={"kind": "dashboard", "jar": JAR}))


def test_a_dashboard_has_its_jar_and_its_users_and_no_file_of_ours(dashboard):
    assert set(console_of(dashboard)) == {
        "console-upload",
        "console-program",
        "console-unit",
        "console-dashboard-login",
        "console-verification",
        "console-service",
        "console-check",
    }
    planned_one = planned(changed(console={"kind": "dashboard", "jar": JAR}))
    console = planned_one.console
    unit = dashboard.resources["console-unit"].inputs["stdin"]
    assert unit == render_console_unit(planned_one, console, console.jar)
    users = dashboard.resources["console-dashboard-login"].inputs
    assert users["stdin"] == Secret(f"admin={PASSWORD},1\n")
    path = "/usr/local/rocketmq/home/console/data/users.properties"
    assert shlex.split(users["create"])[1:] == [path, "0640", "root:rocketmq", _length(users)]
    assert dashboard.exports["console"]["kind"] == "dashboard"
    assert dashboard.exports["consoleUrl"] == "http://10.98.64.151:8080"


def test_a_jar_that_its_host_downloads_is_not_uploaded(record_settings):
    jar = {"source": "url", "url": "file:///mirror/d.jar", "sha512": "ab" * 64}
    found = record_settings(changed(console={"kind": "dashboard", "jar": jar}))
    assert "console-upload" not in found.resources
    assert "file:///mirror/d.jar" in found.resources["console-program"].inputs["stdin"]
