"""What a killed run leaves behind: its lock, its pending operations, its processes."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from cli.engine.recovery import end_leftovers, recover
from cli.errors import CommandError
from system.processes import has_ended


class StoredStack:
    """An engine that records its calls."""

    def __init__(self, deployment=None):
        self.stored = {"version": 3, "deployment": deployment or {}}
        self.cancelled = 0
        self.replaced = []

    def cancel(self):
        self.cancelled += 1

    def export(self):
        return self.stored

    def replace_deployment(self, deployment):
        self.replaced.append(deployment)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A separate project, so that no process of this clone is affected."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.setattr("cli.engine.recovery.ROOT", folder)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/backend")
    return folder


@pytest.fixture
def lock(tmp_path, project):
    """Lock stack local as a process of some computer would."""
    assert project.is_dir()

    def write(text):
        folder = tmp_path / "backend" / ".pulumi/locks/organization/rocketmq/local"
        folder.mkdir(parents=True)
        (folder / "lock.json").write_text(text, "utf-8")

    return write


def _held(pid, hostname=None):
    return json.dumps({"pid": pid, "hostname": hostname or socket.gethostname(), "username": "u"})


@pytest.fixture
def living_engine(tmp_path, project):
    """A process called pulumi with a plugin as its child; yields both pids."""
    program = tmp_path / "pulumi"
    shutil.copy(shutil.which("bash"), program)
    child = "exec -a pulumi-resource-command sleep 120"
    script = f"({child}) & echo $!; wait"
    engine = subprocess.Popen(
        [program, "-c", script], cwd=project, stdout=subprocess.PIPE, text=True
    )
    plugin = int(engine.stdout.readline())
    yield engine.pid, plugin
    os.kill(plugin, signal.SIGKILL)
    engine.kill()
    engine.wait(timeout=10)
    engine.stdout.close()


def _dead_pid():
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait(timeout=30)
    return done.pid


def test_the_lock_of_a_dead_process_is_broken(lock, capsys):
    lock(_held(pid := _dead_pid()))
    engine = StoredStack()
    recover(engine, "local")
    assert engine.cancelled == 1
    assert f"stale lock of process {pid}, which has ended" in capsys.readouterr().err


def test_the_lock_of_a_pid_that_is_now_another_program_is_broken(lock):
    lock(_held(os.getpid()))
    engine = StoredStack()
    recover(engine, "local")
    assert engine.cancelled == 1


def test_the_lock_of_a_running_update_is_refused_with_its_pid(lock, living_engine):
    pid, _ = living_engine
    lock(_held(pid))
    engine = StoredStack()
    with pytest.raises(CommandError) as refused:
        recover(engine, "local")
    message = f"stack local: process {pid} is updating it; wait, or end it: kill {pid}"
    assert str(refused.value) == message
    assert engine.cancelled == 0


def test_the_lock_of_another_computer_is_refused_with_its_name(lock):
    lock(_held(_dead_pid(), hostname="elsewhere"))
    engine = StoredStack()
    with pytest.raises(CommandError, match=r"on elsewhere; .*pulumi cancel --stack local"):
        recover(engine, "local")
    assert engine.cancelled == 0


def test_a_half_written_lock_is_broken(lock):
    lock('{"pid": ')
    engine = StoredStack()
    recover(engine, "local")
    assert engine.cancelled == 1


def test_the_lock_of_another_stack_is_ignored(lock):
    lock(_held(_dead_pid()))
    engine = StoredStack()
    recover(engine, "lab")
    assert engine.cancelled == 0


@pytest.mark.usefixtures("project")
def test_the_recorded_text_of_an_update_that_died_is_cleared():
    urn = "urn:pulumi:local::rocketmq::command:remote:Command::broker-a-properties"
    other = "urn:pulumi:local::rocketmq::command:remote:Command::broker-b-properties"
    resources = [{"urn": u, "inputs": {"stdin": "a=1\n", "create": "c"}} for u in (urn, other)]
    pending = [{"type": "updating", "resource": {"urn": urn}}]
    engine = StoredStack({"resources": resources, "pending_operations": pending})
    recover(engine, "local")
    (stored,) = engine.replaced
    texts = [resource["inputs"]["stdin"] for resource in stored["deployment"]["resources"]]
    assert texts == ["", "a=1\n"]


@pytest.mark.parametrize("url", ["s3://bucket", "https://cloud.example", None])
def test_locks_of_other_backends_are_not_touched(monkeypatch, url):
    if url is None:
        monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    else:
        monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    engine = StoredStack()
    recover(engine, "local")
    assert engine.cancelled == 0


@pytest.mark.usefixtures("project")
def test_pending_operations_are_dropped_and_named(capsys):
    urns = [f"urn:pulumi:local::rocketmq::a$b::{name}" for name in ("server2-gate", "broker-a")]
    pending = [{"type": "creating", "resource": {"urn": urn}} for urn in urns]
    engine = StoredStack({"resources": [{"urn": "kept"}], "pending_operations": pending})
    recover(engine, "local")
    (replaced,) = engine.replaced
    assert replaced["deployment"]["pending_operations"] == []
    assert replaced["deployment"]["resources"] == [{"urn": "kept"}]
    assert "broker-a, server2-gate" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("deployment", [{}, {"resources": []}, {"pending_operations": None}])
def test_a_state_without_pending_operations_is_not_rewritten(deployment, capsys):
    engine = StoredStack(deployment)
    recover(engine, "local")
    assert engine.replaced == []
    assert capsys.readouterr().err == ""


def _start(name, folder):
    words = ["bash", "-c", f"exec -a {name} sleep 120"]
    return subprocess.Popen(words, cwd=folder)


@pytest.fixture
def started():
    processes = []

    def start(name, folder):
        process = _start(name, folder)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait(timeout=10)


def _wait_for_name(process, name):
    # The shell executes the program a moment after it was started.
    while process.poll() is None:
        with open(f"/proc/{process.pid}/cmdline", encoding="utf-8") as file:  # noqa: PTH123 (proc)
            if file.read().startswith(name):
                return
    pytest.fail(f"{name} ended with {process.returncode}")


@pytest.fixture
def orphan_named(project):
    """Start a process with a command line of choice, whose parent dies, so init adopts it."""
    pids = []

    def start(name):
        script = f"(exec -a '{name}' sleep 120) >/dev/null & echo $!"
        printed = subprocess.run(
            ["bash", "-c", script], cwd=project, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        pids.append(int(printed))
        return pids[-1]

    yield start
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def orphan(orphan_named):
    """A plugin whose engine was killed."""
    return orphan_named("pulumi-resource-command")


def test_a_plugin_whose_engine_is_dead_is_killed(orphan, capsys):
    end_leftovers()
    assert f"ended process {orphan}" in capsys.readouterr().err
    assert not os.path.exists(f"/proc/{orphan}/cwd")  # noqa: PTH110 (a dead one has no target)


@pytest.mark.parametrize("module", ["machines", "machines.libvirt", "hypervisor"])
def test_a_recorded_command_whose_engine_is_dead_is_killed(orphan_named, module, capsys):
    orphan = orphan_named(f"python3 -m {module} on")
    end_leftovers()
    assert f"ended process {orphan}" in capsys.readouterr().err
    assert has_ended(orphan)


def test_an_orphan_that_runs_another_module_is_not_killed(orphan_named):
    orphan = orphan_named("python3 -m hypervisors on")
    end_leftovers()
    assert not has_ended(orphan)


def test_what_a_person_started_in_a_shell_is_not_killed(project, started):
    plugin = started("pulumi-resource-command", project)
    _wait_for_name(plugin, "pulumi-resource-command")
    end_leftovers()
    assert plugin.poll() is None


def test_a_plugin_of_a_running_engine_is_not_killed(living_engine):
    _, plugin = living_engine
    end_leftovers()
    os.kill(plugin, 0)


def test_a_process_of_another_project_or_another_kind_is_not_killed(project, tmp_path, started):
    other = started("pulumi-resource-command", tmp_path)
    editor = started("vim", project)
    _wait_for_name(other, "pulumi-resource-command")
    _wait_for_name(editor, "vim")
    end_leftovers()
    assert (other.poll(), editor.poll()) == (None, None)
