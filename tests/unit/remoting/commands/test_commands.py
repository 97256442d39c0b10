from __future__ import annotations

import json

import pytest

from remoting.commands.main import EXIT_AHEAD, EXIT_FAILED, EXIT_OK, main
from tests.unit.remoting.plans import broker, seed_plan
from tests.unit.remoting.scripted_peer import FakeBroker, ScriptedPeer, listed_broker

SLAVE_IP = "127.0.0.3"


def write_plan(folder, master, slave=None):
    brokers = [broker("broker-a", "server1", master)]
    brokers += [broker("broker-a-s", "server2", slave)] if slave else []
    path = folder / "plan.json"
    path.write_text(json.dumps({**seed_plan(), "brokers": brokers}))
    return str(path)


def test_a_passed_check_prints_one_json_line(capsys):
    with ScriptedPeer(FakeBroker()) as peer:
        assert main(["name-server-ready", "--address", peer.address]) == EXIT_OK
    shown = capsys.readouterr()
    assert (json.loads(shown.out)["address"], shown.err) == (peer.address, "")
    assert shown.out.count("\n") == 1


def test_a_failed_check_exits_1_with_one_line_on_stderr(capsys):
    code = main(["name-server-ready", "--address", "127.0.0.1:1", "--timeout", "0.1"])
    shown = capsys.readouterr()
    assert (code, shown.out, shown.err.count("\n")) == (EXIT_FAILED, "", 1)


def test_a_slave_ahead_exits_3_with_one_line_on_stderr(capsys, tmp_path):
    with ScriptedPeer(FakeBroker(1)) as master, ScriptedPeer(FakeBroker(2), SLAVE_IP) as slave:
        addresses = ["--master", master.address, "--slave", slave.address]
        assert main(["in-sync", *addresses]) == EXIT_AHEAD
        assert capsys.readouterr().err.count("\n") == 1
        plan = write_plan(tmp_path, master.address, slave.address)
        state = str(tmp_path / "state.json")
        guard = ["guard", "--plan", plan, "--broker", "broker-a", "--state", state]
        assert main(guard) == EXIT_AHEAD


def test_a_state_file_that_cannot_be_written_is_one_line(capsys, tmp_path):
    with ScriptedPeer(FakeBroker()) as master:
        plan = write_plan(tmp_path, master.address)
        state = str(tmp_path / "missing" / "state.json")
        guard = ["guard", "--plan", plan, "--broker", "broker-a", "--state", state]
        assert main(guard) == EXIT_FAILED
    assert "No such file or directory" in capsys.readouterr().err


def test_registration_is_asked_of_every_name_server(capsys):
    table = {"broker-a": listed_broker({0: "10.0.0.1:10911"})}
    with (
        ScriptedPeer(FakeBroker(listed=table)) as first,
        ScriptedPeer(FakeBroker(listed=table)) as second,
    ):
        servers = f"{first.address};{second.address}"
        broker = ["--cluster", "DefaultCluster", "--broker", "broker-a", "--id", "0"]
        arguments = ["--name-servers", servers, *broker, "--address", "10.0.0.1:10911"]
        assert main(["broker-registered", *arguments]) == EXIT_OK
        assert (len(first.requests), len(second.requests)) == (1, 1)
    assert json.loads(capsys.readouterr().out)["nudges"] == 0


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
def test_a_timeout_that_is_no_positive_number_is_a_usage_error(timeout):
    with pytest.raises(SystemExit) as refused:
        main(["name-server-ready", "--address", "127.0.0.1:1", "--timeout", timeout])
    assert refused.value.code == 2


def test_a_guard_of_what_is_no_master_is_one_line(capsys, tmp_path):
    plan = write_plan(tmp_path, "127.0.0.1:1", "127.0.0.1:2")
    guard = ["guard", "--plan", plan, "--broker", "broker-a-s", "--state", str(tmp_path / "state")]
    assert main(guard) == EXIT_FAILED
    assert "'broker-a-s'; allowed: a master, of broker-a" in capsys.readouterr().err


def test_what_is_no_address_is_a_usage_error_and_never_waited_for(capsys):
    with pytest.raises(SystemExit) as refused:
        main(["in-sync", "--master", "10.0.0.11", "--slave", "10.0.0.12:1"])
    assert refused.value.code == 2
    assert "address '10.0.0.11' is not host:port" in capsys.readouterr().err
    broker = ["--cluster", "C", "--broker", "b", "--id", "0", "--address", "10.0.0.1:1"]
    assert main(["broker-registered", "--name-servers", "a;b", *broker]) == EXIT_FAILED
    assert "address 'a' is not host:port" in capsys.readouterr().err
