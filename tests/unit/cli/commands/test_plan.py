"""`make plan`: what it reads and reports, and that it changes nothing."""

import json
import sys

import pytest
import yaml

from cli import __main__ as commands
from cli.commands import plan
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from project import ROOT
from tests.support.refusals import problems_of
from tests.support.stacks import changed, planned, raw_cluster

MOVED = [
    {"urn": "urn:pulumi:local::rocketmq::pulumi:pulumi:Stack::rocketmq-local", "type": "x"},
    {
        "urn": "urn:pulumi:local::rocketmq::rocketmq:cluster:Cluster::cluster",
        "type": "rocketmq:cluster:Cluster",
        "outputs": {"scheme": "2m-2s-sync"},
    },
    *(
        {
            "urn": f"urn:pulumi:local::rocketmq::rocketmq:broker:Broker::{name}",
            "type": "rocketmq:broker:Broker",
            "outputs": {"host": host, "slot": 0},
        }
        for name, host in (
            ("broker-a", "server2"),
            ("broker-a-s", "server1"),
            ("broker-b", "server1"),
            ("broker-b-s", "server2"),
        )
    ),
]


class State:
    """An engine that knows a stack, or none, or fails."""

    def __init__(self, resources=None, error=None):
        self.resources, self.error = resources, error

    def exists(self):
        if self.error:
            raise CommandError(self.error)
        return self.resources is not None

    def export(self):
        return {"version": 3, "deployment": {"resources": self.resources}}

    def ensure_stack(self):
        pass

    def run(self, *words):
        return 0 if words[0] == "preview" else 1


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    # A command on machines takes it away from the whole process.
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    text = (ROOT / "Pulumi.local.yaml").read_text("utf-8")
    (tmp_path / "Pulumi.local.yaml").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def with_engine(monkeypatch):
    monkeypatch.setattr("cli.engine.deployment.is_installed", lambda: True)


def _write(root, raw):
    config = {"config": {"rocketmq:cluster": raw}}
    (root / "Pulumi.local.yaml").write_text(yaml.safe_dump(config), "utf-8")


def _run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["cli", *words])
    return commands.main()


@pytest.mark.parametrize("shape", plan.FORMATS)
def test_a_plan_needs_no_engine_and_writes_nothing(root, monkeypatch, capsys, shape):
    monkeypatch.setenv("PATH", str(root))
    before = sorted(root.rglob("*"))
    assert _run(monkeypatch, "plan", "--stack", "local", f"--{shape}") == 0
    assert sorted(root.rglob("*")) == before
    printed = capsys.readouterr()
    assert printed.out == plan.FORMATS[shape](planned(raw_cluster()))
    assert "planned as a new one, since there is no engine" in printed.err


def test_without_a_format_the_page_is_printed(root, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(root))
    assert _run(monkeypatch, "plan") == 0
    assert capsys.readouterr().out == plan.render_plan_page(planned(raw_cluster()))


@pytest.mark.usefixtures("root", "with_engine")
def test_brokers_of_a_deployed_stack_stay_where_its_state_says(capsys):
    plan.print_plan(State(MOVED), StackFolder(stack="local"), "json")
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    hosts = {process["name"]: process["host"] for process in document["processes"]}
    assert hosts["broker-a"] == "server2"
    assert planned(raw_cluster()).masters[0].host.name == "server1"
    assert printed.err == "stack local: planned around 4 brokers that its state holds\n"


@pytest.mark.usefixtures("root", "with_engine")
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State(), "it was never made"),
        (State([]), "its state holds no broker"),
        (State(error="no way to the bucket"), "its state cannot be read: no way to the bucket"),
    ],
)
def test_without_a_usable_state_the_stack_is_planned_as_a_new_one(capsys, state, reason):
    plan.print_plan(state, StackFolder(stack="local"), "text")
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert f"planned as a new one, since {reason}" in printed.err
    assert printed.out == plan.render_plan_page(planned(raw_cluster()))


def test_refused_settings_get_the_same_report_as_from_the_program(root, monkeypatch, capsys):
    raw = changed(nameServers=9, hosts__servers__1__address="10.98.64.151")
    _write(root, raw)
    monkeypatch.setenv("PATH", str(root))
    assert _run(monkeypatch, "plan") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "plan: 2 problems in the stack's settings:" in printed.err
    assert all(f"  - {problem}" in printed.err for problem in problems_of(raw))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("config: {}", ("Pulumi.local.yaml", "rocketmq:cluster", "docs/config.md")),
        ("config: [", ("Pulumi.local.yaml", "is not YAML")),
    ],
)
def test_a_file_without_settings_is_one_line(root, monkeypatch, capsys, text, parts):
    (root / "Pulumi.local.yaml").write_text(text, "utf-8")
    assert _run(monkeypatch, "plan") == 1
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert all(part in printed for part in parts)


def test_a_stack_without_a_file_is_refused_with_those_that_exist(root, monkeypatch, capsys):
    assert root.is_dir()
    assert _run(monkeypatch, "plan", "--stack", "nope") == 1
    assert "no Pulumi.nope.yaml; there are local" in capsys.readouterr().err


def test_a_preview_begins_with_the_summary_and_tells_the_program_so(root, monkeypatch, capsys):
    monkeypatch.setenv(plan.SHOWN_ALREADY, "")
    monkeypatch.delenv(plan.SHOWN_ALREADY)
    monkeypatch.setattr("cli.__main__.Engine", lambda _: State(MOVED))
    (root / "Pulumi.yaml").write_text("name: rocketmq\n", "utf-8")
    assert _run(monkeypatch, "preview") == 0
    assert capsys.readouterr().out.startswith("plan of DefaultCluster")
    assert plan.SHOWN_ALREADY in plan.os.environ


def test_a_preview_leaves_the_report_of_refused_settings_to_the_program(root, monkeypatch, capsys):
    monkeypatch.delenv(plan.SHOWN_ALREADY, raising=False)
    monkeypatch.setattr("cli.__main__.Engine", lambda _: State([]))
    (root / "Pulumi.yaml").write_text("name: rocketmq\n", "utf-8")
    _write(root, changed(nameServers=9))
    assert _run(monkeypatch, "preview") == 0
    assert capsys.readouterr().out == ""
    assert plan.SHOWN_ALREADY not in plan.os.environ
