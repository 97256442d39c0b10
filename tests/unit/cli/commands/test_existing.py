"""What `make up` and `make down` do with servers of provider `existing` before the engine."""

import json
import subprocess
from contextlib import contextmanager

import pytest
import yaml

from blueprint.errors import SettingsError
from blueprint.hosts.identity import identity_of
from blueprint.plan.deployed import BROKER_TYPE, CLUSTER_TYPE
from blueprint.rendering.scripts import render_gate, render_preparation
from cli.commands import existing as servers
from cli.commands import host_keys as hostkeys
from cli.commands.down import down
from cli.commands.existing import keeps_stores, leave_agent_alone, part_from_gone, require_usable
from cli.commands.prerequisites import make_image
from cli.commands.up import up
from cli.engine.deployment import deployed_state_in
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.ssh.probe import Answer
from tests.support.stacks import changed, planned, raw_cluster, settings_of

COMMAND = "command:remote:Command"
SHOWN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6wawdZ07zYPuW1dbKhn/wTGNA4iiti3pmV+l091Vrw"

GONE = {"problem": "server2: 192.0.2.12: no answer by SSH; check that it is up", "gone": True}


class Stack:
    """An engine with a deployment, and outputs unless the first update failed."""

    def __init__(self, resources=(), outputs=None):
        self.stored = {"version": 3, "deployment": {"resources": list(resources)}}
        self.all_outputs = outputs or {}
        self.replaced = 0
        self.ran = []

    def export(self):
        return json.loads(json.dumps(self.stored))

    def outputs(self):
        return self.all_outputs

    def replace_deployment(self, stored):
        self.replaced += 1
        self.stored = stored

    def exists(self):
        return True

    def ensure_stack(self):
        self.ran.append("ensure")

    def run(self, *words):
        self.ran.append(words[0])
        return 0

    def remove(self):
        self.ran.append("remove")

    def names(self):
        return [r["urn"].rpartition("::")[2] for r in self.stored["deployment"]["resources"]]


def made_on(*hosts, stdin="x", identities=None):
    known = identities or {
        server.name: identity_of(server)
        for server in settings_of(raw_cluster("hosts")).hosts.servers
    }
    return [
        {
            "urn": f"urn:pulumi:hosts::rocketmq::{COMMAND}::{host}-{role}",
            "type": COMMAND,
            "inputs": {"triggers": [known[host]], "stdin": stdin},
        }
        for host in hosts
        for role in ("gate", "preparation")
    ]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Write the settings of stack hosts in a project of its own."""
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    monkeypatch.setattr("cli.commands.existing.find_archive_problems", lambda _, **__: ())
    monkeypatch.setattr("cli.commands.existing.find_agent_problems", lambda _: ())

    def write(raw):
        made = StackFolder(stack="hosts")
        made.folder.mkdir(parents=True, exist_ok=True)
        made.config.write_text(yaml.safe_dump({"config": {"rocketmq:cluster": raw}}))
        return made

    return write


@pytest.fixture
def answer(monkeypatch):
    """Replace the probe of the servers by given answers."""
    asked = []

    @contextmanager
    def no_agent(key, logins):
        asked.append((key, [login.host for login in logins]))
        yield ("ssh",)

    monkeypatch.setattr(servers, "agent_with", no_agent)

    def use(**answers):
        def probe(_, logins, stack):
            assert stack == "hosts"
            return tuple(Answer(login=one, **answers.get(one.host, {})) for one in logins)

        monkeypatch.setattr(servers, "probe", probe)
        return asked

    return use


@pytest.fixture
def gate(monkeypatch):
    """Replace the run of the gate's script by given results."""

    asked = {}

    def use(*reports):
        def ask(words, *, texts):
            asked.update(commands=words, scripts=texts)
            return [subprocess.CompletedProcess([], status, "", err) for status, err in reports]

        monkeypatch.setattr(servers, "ask_together", ask)
        return asked

    return use


def test_every_problem_of_every_server_is_a_line_and_the_gate_is_not_run(folder, answer, gate):
    answer(server1={"problem": "server1: wrong key"}, server2={"problem": "server2: no answer"})
    gate()
    with pytest.raises(CommandError) as failed:
        require_usable(Stack(), folder(raw_cluster("hosts")))
    assert str(failed.value) == "server1: wrong key\nserver2: no answer"


def test_the_gate_runs_as_a_check_by_root_on_every_server(folder, answer, gate):
    answer()
    asked = gate((0, ""), (1, "noise\nserver2: port 9876 is taken by x with pid 7; stop it\n"))
    with pytest.raises(CommandError) as failed:
        require_usable(Stack(), folder(raw_cluster("hosts")))
    assert str(failed.value) == "server2: port 9876 is taken by x with pid 7; stop it"
    assert [words[-1] for words in asked["commands"]] == ["sudo -n bash -s check"] * 2
    assert [script.splitlines()[0] for script in asked["scripts"]] == [
        "# gate on server1",
        "# gate on server2",
    ]


def test_a_gate_that_fails_without_a_message_is_reported(folder, answer, gate):
    answer()
    gate((2, "bash: line 3: syntax error"), (0, ""))
    with pytest.raises(CommandError, match=r"^server1: the gate failed: bash: line 3: syntax"):
        require_usable(Stack(), folder(raw_cluster("hosts")))


def test_settings_with_a_problem_are_refused_before_any_server_is_contacted(folder, answer):
    asked = answer()
    with pytest.raises(SettingsError, match=r"hosts\.servers\[0\]\.hostKey"):
        require_usable(Stack(), folder(changed("hosts", hosts__servers__0__hostKey="x")))
    assert asked == []


@pytest.mark.parametrize("change", [
    {"hosts__servers__1__generation": 2},
    {"hosts__servers__1__hostKey": hostkeys.STAND_IN},
])  # fmt: skip
def test_a_server_with_another_key_or_generation_is_forgotten(
    folder, answer, gate, capsys, change
):
    answer()
    gate((0, ""), (0, ""))
    stack = Stack(made_on("server1", "server2"))
    require_usable(stack, folder(changed("hosts", **change)))
    assert stack.names() == ["server1-gate", "server1-preparation"]
    assert "server2: has another host key or generation" in capsys.readouterr().err


def test_an_unreachable_server_that_left_the_settings_does_not_block_up(
    folder, answer, gate, capsys
):
    answer(server3=GONE)
    gate((0, ""), (0, ""))
    login = {"address": "192.0.2.13", "user": "admin", "hostKey": "k"}
    identities = {"server3": "server3:ab:1"}
    stack = Stack(made_on("server3", identities=identities), {"logins": {"server3": login}})
    require_usable(stack, folder(raw_cluster("hosts")))
    assert stack.names() == []
    assert GONE["problem"] in capsys.readouterr().err


def state_after(raw):
    """Return what the state holds of the plan once the settings were applied."""
    cluster = planned(raw)
    parts = [(CLUSTER_TYPE, "cluster", {"scheme": cluster.scheme.value, "replicas": 2})]
    parts += [(BROKER_TYPE, broker.name, broker.placement) for broker in cluster.brokers]
    return [
        {"urn": f"urn:pulumi:hosts::rocketmq::{kind}::{name}", "type": kind, "outputs": outputs}
        for kind, name, outputs in parts
    ]


def grown(memory):
    """Return the settings with a third server."""
    raw = raw_cluster("hosts")
    third = {**raw["hosts"]["servers"][1], "name": "server3", "address": "192.0.2.13"}
    raw["hosts"]["servers"].append({**third, "hostKey": SHOWN, "memory": memory})
    return raw


def test_a_small_server_added_to_a_deployed_cluster_is_planned_around_its_brokers(
    folder, answer, gate
):
    answer()
    asked = gate((0, ""), (0, ""), (0, ""))
    raw = grown("512MiB")
    with pytest.raises(SettingsError, match=r"servers\[2\]\.memory"):
        planned(raw)
    require_usable(Stack(state_after(raw_cluster("hosts"))), folder(raw))
    assert len(asked["scripts"]) == 3


def test_the_gate_checks_the_ports_that_the_update_takes_on_each_server(folder, answer, gate):
    answer()
    asked = gate((0, ""), (0, ""), (0, ""))
    raw = {**grown("8GiB"), "brokerGroups": ["broker-a", "broker-b", "broker-c"]}
    state = state_after(raw_cluster("hosts"))
    require_usable(Stack(state), folder(raw))
    deployed = deployed_state_in({"deployment": {"resources": state}})
    plans = planned(raw, deployed), planned(raw)
    now, anew = ([render_gate(plan, host, "admin") for host in plan.hosts] for plan in plans)
    assert asked["scripts"] == now
    assert now != anew


def test_unchanged_servers_are_not_forgotten(folder, answer, gate):
    answer()
    gate((0, ""), (0, ""))
    stack = Stack(made_on("server1", "server2"))
    require_usable(stack, folder(raw_cluster("hosts")))
    assert stack.replaced == 0


def test_an_unreachable_server_is_forgotten_with_one_line_on_what_stays(folder, answer, capsys):
    answer(server2=GONE)
    stack = Stack(made_on("server1", "server2"))
    assert part_from_gone(stack, folder(raw_cluster("hosts"))) == ("server2",)
    assert stack.names() == ["server1-gate", "server1-preparation"]
    asked, answered, line = capsys.readouterr().err.splitlines()
    assert asked == "stack hosts: asking 2 servers whether they are still there (about 5 s)"
    assert answered.startswith(asked.partition(" (")[0])
    assert line.startswith(GONE["problem"])
    for part in (
        "make up STACK=hosts, then make down STACK=hosts",
        "systemctl disable --now 'rocketmq-*'",
        "/store",
    ):
        assert part in line


def test_a_server_that_refuses_the_login_is_an_error_and_nothing_is_forgotten(folder, answer):
    answer(server1={"problem": "server1: another host key"}, server2=GONE)
    stack = Stack(made_on("server1", "server2"))
    with pytest.raises(CommandError, match=r"^server1: another host key$"):
        part_from_gone(stack, folder(raw_cluster("hosts")))
    assert stack.replaced == 0


def test_a_server_with_a_new_key_in_the_settings_is_forgotten_without_a_login(
    folder, answer, capsys
):
    asked = answer()
    stack = Stack(made_on("server1", "server2"))
    now = folder(changed("hosts", hosts__servers__1__hostKey=hostkeys.STAND_IN))
    assert part_from_gone(stack, now) == ()
    assert stack.names() == ["server1-gate", "server1-preparation"]
    assert asked == [(None, ["server1"])]
    assert "server2: has another host key" in capsys.readouterr().err


def test_down_still_undoes_a_server_whose_generation_was_raised(folder, answer):
    answer()
    stack = Stack(made_on("server1", "server2"))
    part_from_gone(stack, folder(changed("hosts", hosts__servers__1__generation=2)))
    assert stack.replaced == 0


def test_only_servers_that_hold_resources_are_contacted(folder, answer):
    asked = answer()
    assert part_from_gone(Stack(made_on("server2")), folder(raw_cluster("hosts"))) == ()
    assert asked == [(None, ["server2"])]
    assert part_from_gone(Stack(), folder(raw_cluster("hosts"))) == ()
    assert len(asked) == 1


def test_the_last_applied_logins_are_used_even_if_the_settings_are_broken(folder, answer):
    asked = answer()
    login = {"address": "192.0.2.12", "user": "admin", "hostKey": "k"}
    outputs = {"logins": {"server2": login}, "sshPrivateKey": "sealed"}
    stack = Stack(made_on("server2"), outputs)
    part_from_gone(stack, folder(changed("hosts", version="1.2.3")))
    assert asked == [("sealed", ["server2"])]


def test_broken_settings_of_a_stack_without_outputs_are_reported(folder, answer):
    answer()
    with pytest.raises(SettingsError, match="version"):
        part_from_gone(Stack(made_on("server2")), folder(changed("hosts", version="1.2.3")))


def test_a_purge_that_was_not_applied_is_reported(folder, capsys):
    raw = changed("hosts", purgeData=True)
    wanting, cluster = folder(raw), planned(raw)
    purging = render_preparation(cluster, cluster.hosts[0])
    assert keeps_stores(Stack(made_on("server1")), wanting) is True
    warning = capsys.readouterr().err
    assert "purgeData: true is not applied yet" in warning
    assert "make up STACK=hosts applies it" in warning
    assert keeps_stores(Stack(made_on("server1", stdin=purging)), wanting) is False
    assert capsys.readouterr().err == ""


def test_stores_stay_unless_a_purge_was_applied(folder, capsys):
    assert keeps_stores(Stack(made_on("server1")), folder(raw_cluster("hosts"))) is True
    assert keeps_stores(Stack(), folder(raw_cluster("hosts"))) is False
    assert capsys.readouterr().err == ""


BY_FILE = {"source": "file", "path": "key"}


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (raw_cluster("hosts"), True),
        (changed("hosts", hosts__key=BY_FILE), False),
        (raw_cluster("local"), False),
    ],
    ids=["agent", "file", "machines"],
)
def test_the_agent_is_not_used_if_connections_have_a_key(folder, monkeypatch, raw, kept):
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    leave_agent_alone(folder(raw))
    assert ("SSH_AUTH_SOCK" in servers.os.environ) is kept


@pytest.fixture
def quiet(monkeypatch):
    for module in ("cli.commands.up", "cli.commands.down"):
        monkeypatch.setattr(f"{module}.die_with_parent", lambda: None)
        monkeypatch.setattr(f"{module}.recover", lambda *_: None)
    monkeypatch.setattr("cli.commands.up.verify", lambda *_, **__: None)


@pytest.mark.usefixtures("quiet")
def test_up_checks_the_servers_before_the_engine_runs(folder, monkeypatch):
    stack = Stack()
    monkeypatch.setattr("cli.commands.up.require_usable", lambda *_: stack.ran.append("asked"))
    up(stack, folder(raw_cluster("hosts")))
    assert stack.ran == ["ensure", "asked", "up"]


@pytest.mark.usefixtures("quiet")
def test_down_says_what_it_leaves_and_where(folder, answer, capsys):
    answer(server2=GONE)
    stack = Stack(made_on("server1", "server2"))
    down(stack, folder(raw_cluster("hosts")))
    assert stack.ran == ["destroy", "remove"]
    assert capsys.readouterr().out == (
        "stack hosts: nothing left but message stores in /usr/local/rocketmq/store, "
        "except on server2, see above\n"
    )


def test_no_image_is_built_for_existing_servers(folder, monkeypatch):
    monkeypatch.setattr("cli.tools.show", lambda *_, **__: pytest.fail("something was run"))
    make_image(folder(raw_cluster("hosts")))


def test_the_image_is_built_for_nspawn_machines(folder, monkeypatch):
    ran = []
    monkeypatch.setattr("cli.tools.show", lambda words, **_: ran.append(words[1:]))
    make_image(folder(raw_cluster("local")))
    assert ran == [["-m", "machines", "image"]]


@pytest.fixture
def scan(monkeypatch):
    """Replace the scan of the servers by given keys."""
    asked = []

    def use(*keys):
        monkeypatch.setattr(
            hostkeys, "_scan", lambda words: asked.extend(words) or list(keys)[: len(words)]
        )
        return asked

    return use


def without_keys(raw):
    for server in raw["hosts"]["servers"]:
        del server["hostKey"]
    return raw


def test_host_keys_are_printed_as_yaml_to_paste_with_their_fingerprints(folder, scan, capsys):
    asked = scan(SHOWN, SHOWN)
    assert hostkeys.print_host_keys(folder(without_keys(raw_cluster("hosts")))) == 0
    out = capsys.readouterr().out
    assert yaml.safe_load(out) == {
        "servers": [{"name": name, "hostKey": SHOWN} for name in ("server1", "server2")]
    }
    assert "ssh-keygen -lf" in out.splitlines()[0]
    assert "# SHA256:" in out
    assert "(new)" in out
    assert [words[-1] for words in asked] == ["admin@192.0.2.11", "admin@192.0.2.12"]


def test_a_key_is_compared_with_the_settings(folder, scan, capsys):
    scan(SHOWN, SHOWN)
    hostkeys.print_host_keys(folder(raw_cluster("hosts")))
    lines = [line for line in capsys.readouterr().out.splitlines() if "SHA256" in line]
    assert lines[0].endswith("(as in the settings)")
    assert lines[1].endswith("(NOT as in the settings)")


def test_a_server_without_a_key_is_reported_and_the_rest_is_printed(folder, scan, capsys):
    scan(SHOWN, "")
    assert hostkeys.print_host_keys(folder(raw_cluster("hosts"))) == 1
    printed = capsys.readouterr()
    assert f"hostKey: {SHOWN}" in printed.out
    assert printed.err.startswith("server2: 192.0.2.12 shows no host key")


def test_the_bastions_key_comes_first_and_nothing_goes_through_it_yet(folder, scan, capsys):
    asked = scan(SHOWN)
    raw = changed("hosts", hosts__bastion={"address": "jump.example", "user": "jump"})
    assert hostkeys.print_host_keys(folder(raw)) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {"bastion": {"hostKey": SHOWN}}
    assert [words[-1] for words in asked] == ["jump@jump.example"]


def test_servers_behind_a_bastion_are_scanned_through_it(folder, scan, monkeypatch):
    @contextmanager
    def agent(_key, logins):
        assert {login.bastion.host_key for login in logins} == {SHOWN}
        yield ("ssh", "-F", "/dev/null")

    monkeypatch.setattr(hostkeys, "agent_with", agent)
    monkeypatch.setattr(hostkeys, "require_bastion", lambda *_: None)
    asked = scan(SHOWN, SHOWN)
    bastion = {"address": "jump.example", "hostKey": SHOWN}
    hostkeys.print_host_keys(folder(changed("hosts", hosts__bastion=bastion)))
    assert all(any("ProxyCommand=" in word for word in words) for words in asked)


def test_host_keys_of_other_providers_are_not_printed(folder):
    with pytest.raises(
        CommandError, match="STACK=hosts: the host keys of this stack are generated"
    ):
        hostkeys.print_host_keys(folder(raw_cluster("local")))


def test_a_fingerprint_equals_that_of_ssh_keygen(tmp_path):
    path = tmp_path / "key.pub"
    path.write_text(f"{SHOWN}\n")
    printed = subprocess.run(
        ["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True
    )
    assert hostkeys.fingerprint_of(SHOWN) == printed.stdout.split()[1]
