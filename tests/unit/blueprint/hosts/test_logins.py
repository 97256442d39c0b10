"""How hosts are reached: from the settings, and through the stack's output."""

import json

import pytest

from blueprint.hosts.logins import Bastion, Login, as_root, plan_logins
from blueprint.load import NO_PREFLIGHT, load_settings
from tests.support.stacks import changed

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPw532/fcMNzQhJHtpYz7axCYTUw7QUxgxOyYeHSkyTP"
BASTION = Bastion(address="jump.example", port=2200, user="jump", host_key="ssh-ed25519 AAAAj")
DIRECT = Login(
    host="server1", address="10.0.0.5", user="admin", host_key="ssh-ed25519 AAAA1", port=2222
)
BEHIND = Login(
    host="server2",
    address="10.0.0.6",
    user="root",
    host_key="ssh-ed25519 AAAA2",
    startup_seconds=1800,
    bastion=BASTION,
)


@pytest.mark.parametrize("login", [DIRECT, BEHIND])
def test_a_login_comes_out_of_the_stacks_output_as_it_went_in(login):
    assert Login.from_json(login.host, json.loads(json.dumps(login.to_json()))) == login


def test_the_output_of_a_login_keeps_the_form_of_deployed_stacks():
    bastion = {
        "address": "jump.example",
        "port": 2200,
        "user": "jump",
        "hostKey": "ssh-ed25519 AAAAj",
    }
    assert BEHIND.to_json() == {
        "address": "10.0.0.6",
        "port": 22,
        "user": "root",
        "hostKey": "ssh-ed25519 AAAA2",
        "startupSeconds": 1800,
        "bastion": bastion,
    }
    assert "bastion" not in DIRECT.to_json()


def test_an_output_without_port_and_startup_time_has_the_defaults():
    output = {"address": "10.0.0.5", "user": "root", "hostKey": "k"}
    login = Login.from_json("server1", output)
    assert (login.port, login.startup_seconds, login.bastion) == (22, 180, None)


@pytest.mark.parametrize("missing", ["address", "user", "hostKey"])
def test_an_output_without_what_a_login_needs_is_refused(missing):
    output = {"address": "10.0.0.5", "user": "root", "hostKey": "k"}
    del output[missing]
    with pytest.raises(KeyError, match=missing):
        Login.from_json("server1", output)


def logins_of(**hosts):
    return plan_logins(load_settings(changed("hosts", **hosts), NO_PREFLIGHT).hosts)


def test_a_server_is_reached_at_its_own_address_as_the_common_user():
    server1, server2 = logins_of(hosts__user="ops")
    assert (server1.host, server1.address, server1.port) == ("server1", "192.0.2.11", 22)
    assert {server1.user, server2.user} == {"ops"}
    assert server1.bastion is None


def test_the_user_of_a_bastion_is_that_of_the_hosts_unless_it_has_its_own():
    place = {"address": "jump.example", "hostKey": HOST_KEY}
    (shared, _) = logins_of(hosts__user="ops", hosts__bastion=place)
    (own, _) = logins_of(hosts__user="ops", hosts__bastion={**place, "user": "jump"})
    assert (shared.bastion.user, own.bastion.user) == ("ops", "jump")


@pytest.mark.parametrize(
    ("user", "words"), [("root", ("id", "-u")), ("ops", ("sudo", "-n", "id", "-u"))]
)
def test_only_a_user_other_than_root_needs_sudo(user, words):
    assert as_root(user, "id", "-u") == words
