"""A stack that an earlier release deployed is updated in place: nothing is replaced or removed."""

import copy
import json
import re
import shlex

import pytest
import yaml

from machines.nspawn.record import MachineRecord, write_machine
from tests.engine.conftest import Engine
from tests.support.recorded_states import (
    PASSPHRASE,
    RECORDED,
    recorded_settings,
    recorded_state,
)

pytestmark = pytest.mark.engine

IN_PLACE = {"same", "update", "create"}
FILE_OF_ROCKETMQ = re.compile(r"(broker|namesrv)-.*-(properties|unit)")


@pytest.fixture(scope="module", params=RECORDED)
def engine(tmp_path_factory, request):
    """The engine with the recorded stack and its settings."""
    folder = tmp_path_factory.mktemp("recorded")
    engine = Engine(folder, passphrase=PASSPHRASE)
    engine.settings = yaml.safe_load(recorded_settings(request.param).read_text())
    exported = recorded_state(request.param)
    _put_machines_in_place(exported, folder / "machines")
    state = folder / "state.json"
    state.write_text(json.dumps(exported))
    done = engine.run(
        "-C", str(folder), "stack", "import", "--stack", "local", "--file", str(state)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return engine


@pytest.fixture(scope="module")
def preview(engine):
    """The preview of this release for the recorded stack."""
    done = engine.preview("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def _put_machines_in_place(exported, root):
    """Write the records of the recorded machines, so that they count as existing."""
    for resource in exported["deployment"]["resources"]:
        if resource.get("inputs", {}).get("create") != "python3 -m machines machine":
            continue
        printed = json.loads(resource["outputs"]["stdout"])
        place = root / "local" / "hosts" / printed["name"]
        place.mkdir(parents=True)
        record = MachineRecord(
            incarnation=printed["incarnation"],
            boots=0,
            booting=0,
            address=printed["address"],
            prefix_length=24,
            bridge="rmq-local",
            image="",
        )
        write_machine(place / "machine.json", record)


def test_a_state_is_recorded():
    assert RECORDED


def test_a_recorded_stack_is_previewed_without_a_replacement_or_a_removal(preview):
    assert set(preview["changeSummary"]) <= IN_PLACE
    assert sum(preview["changeSummary"].values()) >= 73
    assert {step["op"] for step in preview["steps"]} <= {*IN_PLACE, "refresh"}


def test_no_file_of_a_recorded_broker_or_name_server_changes(preview):
    """A process restarts when one of its files changes."""
    files = {
        name: (step["oldState"]["inputs"]["stdin"], step["newState"]["inputs"]["stdin"])
        for step in preview["steps"]
        if FILE_OF_ROCKETMQ.fullmatch(name := step["urn"].rpartition("::")[2])
    }
    assert len(files) == 12
    assert [name for name, (before, now) in files.items() if before != now] == []


def test_the_command_of_a_recorded_file_changes_by_its_length_alone(preview):
    """It runs again on the host, which writes no file that is equal."""
    changed = 0
    for step in preview["steps"]:
        if not FILE_OF_ROCKETMQ.fullmatch(step["urn"].rpartition("::")[2]):
            continue
        before, now = step["oldState"]["inputs"], step["newState"]["inputs"]
        words = shlex.split(now["create"])
        if shlex.split(before["create"]) != words:
            changed += 1
            assert words.pop(4) == str(len(now["stdin"].encode()))
            assert shlex.split(before["create"]) == words
        assert before["delete"] == now["delete"]
    assert changed in {0, 12}


def test_a_recorded_stack_keeps_its_version_when_its_file_names_none(engine, preview, monkeypatch):
    silent = copy.deepcopy(engine.settings)
    assert silent["config"]["rocketmq:cluster"].pop("version") == "5.3.3"
    monkeypatch.setattr(engine, "settings", silent)
    done = engine.preview("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert _changes(json.loads(done.stdout)) == _changes(preview)


def _changes(preview):
    return {
        (step["urn"], step["op"], json.dumps(step.get("newState", {}).get("inputs")))
        for step in preview["steps"]
    }


def test_another_version_of_a_recorded_stack_is_refused(engine, monkeypatch):
    newer = copy.deepcopy(engine.settings)
    newer["config"]["rocketmq:cluster"]["version"] = "5.5.0"
    monkeypatch.setattr(engine, "settings", newer)
    done = engine.preview()
    assert done.returncode != 0
    assert "cannot change from 5.3.3, which is deployed, to 5.5.0" in done.stdout + done.stderr


def test_a_host_of_a_recorded_stack_cannot_be_renamed(engine, monkeypatch):
    renamed = copy.deepcopy(engine.settings)
    renamed["config"]["rocketmq:cluster"]["hosts"]["servers"][1]["name"] = "renamed"
    monkeypatch.setattr(engine, "settings", renamed)
    done = engine.preview()
    assert done.returncode != 0
    assert "'renamed' has the address of 'server2'" in done.stdout + done.stderr
