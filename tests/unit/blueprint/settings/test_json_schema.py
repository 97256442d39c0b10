"""The JSON schema is as strict as it can be, and never stricter than the program."""

import json

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource

from blueprint.errors import SettingsError
from blueprint.rocketmq.property_rules import REFUSED as REFUSED_PROPERTIES
from blueprint.rocketmq.property_rules import listed_versions, property_types
from blueprint.settings.json_schema import CLUSTER_FILE, DIALECT, cluster_schema, stack_schema
from project import ROOT
from tests.support.stacks import STACKS, changed, raw_cluster, settings_of
from toolchain.docs.texts import texts

CLUSTER = cluster_schema()
REGISTRY = Registry().with_resource(CLUSTER_FILE, Resource.from_contents(CLUSTER))
VALIDATOR = jsonschema.Draft7Validator(
    stack_schema(), registry=REGISTRY, format_checker=jsonschema.FormatChecker()
)
FIRST_LINE = "# yaml-language-server: $schema=schema/stack.schema.json"
DIGEST = "0123456789abcdef" * 8
HOST_KEY = raw_cluster("hosts")["hosts"]["servers"][0]["hostKey"]


def errors_in(raw):
    """Return the places of the schema's errors in a `cluster` object."""
    stack = {"config": {"rocketmq:cluster": raw}}
    return [
        "/".join(map(str, list(error.absolute_path)[2:])) for error in VALIDATOR.iter_errors(stack)
    ]


@pytest.mark.parametrize(
    "path", [p for p in texts() if p.suffix == ".json"], ids=lambda path: path.name
)
def test_the_committed_schema_matches_the_models(path):
    assert path.read_text("utf-8") == texts()[path], "run make docs"


@pytest.mark.parametrize("schema", [CLUSTER, stack_schema()])
def test_the_schema_is_valid(schema):
    assert schema["$schema"] == DIALECT
    jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("stack", STACKS)
def test_a_committed_stack_names_its_schema_and_passes(stack):
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8")
    assert text.splitlines()[0] == FIRST_LINE
    assert (ROOT / FIRST_LINE.partition("=")[2]).is_file()
    assert list(VALIDATOR.iter_errors(yaml.safe_load(text))) == []


def test_a_stacks_file_may_contain_keys_of_the_engine_and_other_programs():
    stack = {
        "encryptionsalt": "v1:abc",
        "secretsprovider": "passphrase",
        "config": {"aws:region": "eu-central-1", "rocketmq:cluster": raw_cluster()},
    }
    assert list(VALIDATOR.iter_errors(stack)) == []


@pytest.mark.parametrize(
    "stack", [{}, {"config": {}}, {"config": {"rocketmq:clutser": raw_cluster()}}]
)
def test_a_stacks_file_without_the_cluster_is_refused(stack):
    assert not VALIDATOR.is_valid(stack)


ACCEPTED = [
    changed(),
    changed(brokerGroups=8, hosts__servers__0__memory="64GiB", hosts__servers__1__memory="64GiB"),
    changed(brokerGroups=["one", {"name": "two", "hosts": ["server2", "server1"]}]),
    changed(brokerGroups=[{"name": "one", "properties": {"fileReservedTime": 72}}]),
    changed(artifact={"source": "maven"}),
    changed(uncheckedProperties={"zzzzzz": 1}, brokers={"broker-a": {"uncheckedProperties": {}}}),
    changed(brokerGroups=[{"name": "one", "uncheckedProperties": {"zzzzzz": "a b"}}]),
    changed("lab", artifact={"source": "official", "sha512": DIGEST}, version="5.3.1"),
    changed(artifact={"source": "url", "url": "file:///srv/a.zip", "sha512": DIGEST}),
    changed(artifact={"source": "file", "path": "a.zip", "sha512": DIGEST.upper()}),
    changed(replication="degrade", replicas=2),
    changed(scheme="2m-noslave", replicas=1),
    changed(scheme="2m-2s-async"),
    changed(scheme="controller", controllers=3, allowSharedHost=True, brokerGroups=1),
    changed(scheme="dledger", replicas=3, allowSharedHost=True, brokerGroups=1),
    changed(heap={"broker": "256MiB"}, ports={"master": 20911}, metrics=True, nameServers=1),
    changed(brokers={"broker-a-s": {"heap": "256MiB", "properties": {"slaveReadEnable": True}}}),
    changed(brokerProperties={"fileReservedTime": "72", "slaveTimeout": 1500}),
    changed(brokerProperties={"autoCreateTopicEnable": "false", "flushDiskType": "SYNC_FLUSH"}),
    changed(proxy={"hosts": ["server2"]}, brokerGroups=1),
    changed("lab", hosts__image="debian", hosts__accel="tcg"),
    changed("lab", hosts__image={"source": "file", "path": "c.qcow2", "sha512": DIGEST}),
    changed("hosts", hosts__key={"source": "file", "path": "~/.ssh/id"}),
    changed("hosts", hosts__servers__0__hostKey=f"{HOST_KEY} root@server1"),
    changed("hosts", hosts__bastion={"address": "b.example.com", "hostKey": HOST_KEY}),
    changed("hosts", hosts__servers__0__ssh={"port": 2222, "user": "ops"}),
]


@pytest.mark.parametrize("raw", ACCEPTED)
def test_schema_and_program_accept_the_same(raw):
    assert errors_in(raw) == []
    assert settings_of(raw)


REFUSED = [
    ("", changed(flavour="best")),
    ("", changed(broker_groups=2)),
    ("hosts", changed(hosts__servers__0__memory=4096)),
    ("hosts", changed(hosts__servers__0__memory="4GB")),
    ("hosts", changed(hosts__servers__0__memory="0GiB")),
    ("hosts", changed(hosts__servers__0__address="10.98.64.300")),
    ("hosts", changed(hosts__servers__0__name="Server1")),
    ("hosts", changed(hosts__servers__0__name="localhost")),
    ("hosts", changed(hosts__servers__0__memory=f"{10**400}GiB")),
    ("hosts", changed("hosts", hosts__servers__0__generation=10**400)),
    ("hosts", changed(hosts__servers=[])),
    ("hosts", changed(hosts__provider="docker")),
    ("hosts", changed(hosts__network="10.98.64.0")),
    ("hosts", changed(hosts__key="agent")),
    ("hosts", changed("lab", hosts__image="url")),
    ("hosts", changed("lab", hosts__servers__0__cpus=0)),
    ("hosts", changed("lab", hosts__uri="qemu:///system\0")),
    ("hosts", changed("hosts", hosts__servers__0__hostKey="ssh-rsa AAAAB3Nza")),
    ("hosts", changed("hosts", hosts__key="file")),
    ("hosts", changed("hosts", hosts__servers__0__ssh={"port": 70000})),
    ("heap/broker", changed(heap={"broker": 512})),
    ("ports/master", changed(ports={"master": 0})),
    ("ports", changed(ports={"leader": 10911})),
    ("version", changed(version="4.9.8")),
    ("version", changed(version="5.1.1")),
    ("scheme", changed(scheme="3m")),
    ("replicas", changed(replicas=4)),
    ("replicas", changed(scheme="dledger", replicas=2)),
    ("", changed(scheme="2m-2s-async", replication="strict")),
    ("", changed(controllers=3)),
    ("controllers", changed(scheme="controller", controllers=4)),
    ("artifact", changed(artifact="url")),
    (
        "artifact",
        changed(artifact={"source": "url", "url": "https://me:pw@x/", "sha512": DIGEST}),
    ),
    ("artifact", changed(artifact={"source": "file", "path": "a.zip", "sha512": "12"})),
    ("brokerGroups", changed(brokerGroups=0)),
    ("brokerGroups", changed(brokerGroups=257)),
    ("brokerGroups", changed(brokerGroups=[])),
    ("brokerGroups", changed(brokerGroups=[{"hosts": ["server1"]}])),
    ("brokerProperties", changed(brokerProperties={"fileReservedTim": 48})),
    ("uncheckedProperties", changed(uncheckedProperties={"a b": 1})),
    ("brokerProperties", changed(brokerProperties={"brokerId": 7})),
    ("brokerProperties", changed(brokerProperties={"aclEnable": True})),
    ("brokerProperties/fileReservedTime", changed(brokerProperties={"fileReservedTime": "2d"})),
    ("brokerProperties/flushDiskType", changed(brokerProperties={"flushDiskType": "NEVER"})),
    ("brokerProperties/slaveTimeout", changed(brokerProperties={"slaveTimeout": 3000})),
    ("brokerProperties/autoCreateTopicEnable", changed(brokerProperties__autoCreateTopicEnable=1)),
    ("brokerProperties/deleteWhen", changed(brokerProperties={"deleteWhen": "04\0"})),
    ("console", changed(console={"kind": "builtin", "passwordGeneration": 10**400})),
    ("ports/step", changed(ports={"step": 10**400})),
    ("purgeData", changed(purgeData="yes")),
    ("purgeData", changed(purgeData=1)),
    ("artifact", changed(artifact={"source": "file", "path": "a\0", "sha512": DIGEST})),
    (
        "artifact",
        changed(artifact={"source": "url", "url": "file:///a\nb", "sha512": DIGEST}),
    ),
    ("brokers", changed(brokers={"Broker": {}})),
    ("brokers/broker-a", changed(brokers={"broker-a": {"heapSize": "1GiB"}})),
    ("brokers/heap", changed(brokers={"heap": {"heapSize": "1GiB"}})),
]


@pytest.mark.parametrize(("place", "raw"), REFUSED)
def test_schema_and_program_refuse_the_same(place, raw):
    assert errors_in(raw) == [place]
    with pytest.raises(SettingsError):
        settings_of(raw)


def test_the_schema_offers_exactly_the_properties_that_may_be_set():
    offered = CLUSTER["$defs"]["BrokerProperties"]["properties"].keys()
    assert offered == property_types(listed_versions()[-1]).keys() - REFUSED_PROPERTIES
    assert len(offered) > 300


def _parts(value):
    yield value
    for part in value.values() if isinstance(value, dict) else ():
        yield from _parts(part)
    for part in value if isinstance(value, list) else ():
        yield from _parts(part)


def test_the_schema_accepts_its_own_defaults_and_examples():
    checked = 0
    for part in _parts(CLUSTER):
        if not isinstance(part, dict) or not isinstance(part.get("description"), str):
            continue
        whole = {"$defs": CLUSTER["$defs"], "allOf": [part]}
        for shown in [
            *part.get("examples", ()),
            *([part["default"]] if "default" in part else ()),
        ]:
            jsonschema.Draft7Validator(whole).validate(shown)
            checked += 1
    assert checked > 60


def test_the_order_of_the_schema_is_stable():
    assert json.dumps(cluster_schema()) == json.dumps(CLUSTER)
