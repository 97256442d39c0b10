import json

import pytest

from machines.nspawn.spec import MACHINE_CHECKS, MachineReference, MachineSpec, NetworkSpec
from machines.shared.spec import StackSpec
from machines.shared.spec import parse_spec as parse_any_spec
from system.errors import LocalError


def parse_spec(text, kind):
    return parse_any_spec(text, kind, MACHINE_CHECKS)


MACHINE = {
    "stack": "dev",
    "owner": {"token": "t1"},
    "bridge": "rmq-dev",
    "gateway": "10.1.2.1",
    "prefix_length": 24,
    "name": "server1",
    "incarnation": "0123456789ab",
    "boots": 1,
    "address": "10.1.2.11",
    "authorized_key": "ssh-ed25519 AAAA user",
    "host_key_private": "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n",
    "host_key_public": "ssh-ed25519 AAAA host",
    "hosts": {"server1": "10.1.2.11", "server2": "10.1.2.12"},
}


def test_machine_spec_holds_the_given_values():
    spec = parse_spec(json.dumps(MACHINE), MachineSpec)
    assert (spec.name, spec.boots, spec.hosts["server2"]) == ("server1", 1, "10.1.2.12")
    assert str(spec.subnet) == "10.1.2.0/24"
    assert spec.owner.token == MACHINE["owner"]["token"]


@pytest.mark.parametrize("kind", [MachineReference, NetworkSpec, StackSpec])
def test_spec_of_a_machine_is_accepted_by_every_verb(kind):
    assert parse_spec(json.dumps(MACHINE), kind).stack == "dev"


def test_private_key_is_not_in_the_specs_repr():
    assert "secret" not in repr(parse_spec(json.dumps(MACHINE), MachineSpec))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stack", "a/b"),
        ("owner", {"token": "t", "path": "/x"}),
        ("owner", {"token": ""}),
        ("bridge", "a-name-with-16-ch"),
        ("bridge", "br 0"),
        ("gateway", "10.1.2"),
        ("prefix_length", 31),
        ("prefix_length", True),
        ("name", "Server1"),
        ("incarnation", "xyz"),
        ("boots", 0),
        ("boots", "1"),
        ("address", "10.1.2.256"),
        ("authorized_key", " "),
        ("host_key_private", "top secret"),
        ("hosts", ["server1"]),
        ("hosts", {"server1": "x"}),
    ],
)
def test_wrong_value_is_refused_in_one_line(key, value):
    with pytest.raises(LocalError) as refusal:
        parse_spec(json.dumps(MACHINE | {key: value}), MachineSpec)
    text = str(refusal.value)
    assert "\n" not in text
    assert "must " in text
    assert "top secret" not in text


def test_missing_and_unknown_keys_are_named():
    less = {key: value for key, value in MACHINE.items() if key != "address"}
    with pytest.raises(LocalError, match="'address' is missing"):
        parse_spec(json.dumps(less), MachineSpec)
    with pytest.raises(LocalError, match="unknown key 'adress'"):
        parse_spec(json.dumps(MACHINE | {"adress": "x"}), MachineSpec)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_anything_but_an_object_is_refused(text):
    with pytest.raises(LocalError, match="JSON"):
        parse_spec(text, StackSpec)
