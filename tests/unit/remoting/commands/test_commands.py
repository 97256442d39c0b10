from __future__ import annotations

import json

import pytest

from remoting.commands.main import EXIT_AHEAD, EXIT_FAILED, EXIT_OK, main
from tests.unit.remoting.plans import broker, seed_plan
from tests.unit.remoting.scripted_peer import SLAVE_IP, FakeBroker, ScriptedPeer


def write_plan(folder, master, slave=None, name_server=None):
    brokers = [broker("broker-a", "server1", master)]
    brokers += [broker("broker-a-s", "server2", slave)] if slave else []
    plan = {**seed_plan(), "brokers": brokers}
    if name_server:
        plan["nameServers"][0]["address"] = name_server
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    return str(path)


def ready(plan, process, *further):
    return main(["ready", "--plan", plan, "--process", process, "--no-units", *further])


def test_a_process_that_is_ready_prints_one_json_line(capsys, tmp_path):
    with ScriptedPeer(FakeBroker()) as peer:
        plan = write_plan(tmp_path, "127.0.0.1:1", name_server=peer.address)
        assert ready(plan, "namesrv-1") == EXIT_OK
    shown = capsys.readouterr()
    printed = {"process": "namesrv-1", "checks": {"ready": "answers"}}
    assert (json.loads(shown.out), shown.err) == (printed, "")
    assert shown.out.count("\n") == 1


def test_a_process_that_is_not_ready_exits_1_with_one_line_on_stderr(capsys, tmp_path):
    plan = write_plan(tmp_path, "127.0.0.1:1", name_server="127.0.0.1:2")
    code = ready(plan, "namesrv-1", "--timeout", "0.1")
    shown = capsys.readouterr()
    assert (code, shown.out, shown.err.count("\n")) == (EXIT_FAILED, "", 1)
    assert shown.err.startswith("name-server-ready failed for 127.0.0.1:2: ")


def test_an_unknown_process_is_refused_with_the_known_ones(capsys, tmp_path):
    plan = write_plan(tmp_path, "127.0.0.1:1")
    assert ready(plan, "broker-z") == EXIT_FAILED
    expected = "process is 'broker-z'; allowed: namesrv-1, namesrv-2, broker-a\n"
    assert capsys.readouterr().err.endswith(expected)


def test_a_slave_ahead_exits_3_with_one_line_on_stderr(capsys, tmp_path):
    with ScriptedPeer(FakeBroker(1)) as master, ScriptedPeer(FakeBroker(2), SLAVE_IP) as slave:
        plan = write_plan(tmp_path, master.address, slave.address)
        state = str(tmp_path / "state.json")
        assert (
            main(["guard", "--plan", plan, "--broker", "broker-a", "--state", state]) == EXIT_AHEAD
        )
    assert "is ahead of its master" in capsys.readouterr().err


def test_a_state_file_that_cannot_be_written_is_one_line(capsys, tmp_path):
    with ScriptedPeer(FakeBroker()) as master:
        plan = write_plan(tmp_path, master.address)
        state = str(tmp_path / "missing" / "state.json")
        guard = ["guard", "--plan", plan, "--broker", "broker-a", "--state", state]
        assert main(guard) == EXIT_FAILED
    assert "No such file or directory" in capsys.readouterr().err


def test_a_configuration_is_printed_without_its_secrets(capsys):
    config = b'initAuthenticationUser={"password":"s3cret"}\nlistenPort=10911\n'
    config += b'innerClientAuthenticationCredentials={"secretKey":"s3cret"}\n'
    with ScriptedPeer(lambda request: request.answer(body=config)) as peer:
        assert main(["config", "--address", peer.address]) == EXIT_OK
    out = capsys.readouterr().out
    assert "s3cret" not in out
    assert json.loads(out)["listenPort"] == "10911"


def test_a_plan_that_cannot_be_used_is_one_line(capsys, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({**seed_plan(), "cluster": 5}))
    assert main(["verify", "--plan", str(plan), "--host", "server1"]) == EXIT_FAILED
    assert "plan key cluster is 5" in capsys.readouterr().err


@pytest.mark.parametrize("timeout", ["0", "-1", "nan", "inf", "soon"])
def test_a_timeout_that_is_not_a_positive_number_is_a_usage_error(timeout):
    with pytest.raises(SystemExit) as refused:
        main(["ready", "--plan", "p", "--process", "namesrv-1", "--timeout", timeout])
    assert refused.value.code == 2


def test_a_guard_of_a_broker_that_is_not_a_master_is_one_line(capsys, tmp_path):
    plan = write_plan(tmp_path, "127.0.0.1:1", "127.0.0.1:2")
    guard = ["guard", "--plan", plan, "--broker", "broker-a-s", "--state", str(tmp_path / "state")]
    assert main(guard) == EXIT_FAILED
    assert "'broker-a-s'; allowed: a master (broker-a)" in capsys.readouterr().err


def test_an_invalid_address_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as refused:
        main(["config", "--address", "10.0.0.11"])
    assert refused.value.code == 2
    assert "address '10.0.0.11' is not host:port" in capsys.readouterr().err
