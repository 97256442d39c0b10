"""Invalid settings are refused in one line with key, value and remedy."""

import pytest

from blueprint.errors import ClusterError, SettingsError
from tests.support.refusals import assert_one_line, problems_of
from tests.support.stacks import changed, raw_cluster, ring, settings_of

ONE_SERVER = [{"name": "server1", "address": "10.98.64.151", "memory": "4GiB"}]
DIGEST = "0" * 128


REFUSED = {
    "an unknown key": (
        {"flavour": "best"},
        [
            "cluster.flavour:",
            "allowSharedHost, artifact, brokerGroups, brokerProperties, brokers,",
        ],
    ),
    "a misspelt key of a server": (
        {"hosts__servers__1__adress": "10.98.64.152"},
        ["cluster.hosts.servers[1].adress:", "address, memory, name"],
    ),
    "a key in the program's own spelling": (
        {"name_servers": 2},
        ["cluster.name_servers:", "nameServers"],
    ),
    "an unknown scheme": ({"scheme": "3m-raft"}, ["cluster.scheme:", "'3m-raft'", "2m-2s-sync"]),
    "one host for a scheme that needs two": (
        {"hosts__servers": ONE_SERVER, "nameServers": 1},
        ["cluster.scheme:", "'2m-2s-sync' needs 2 servers", "cluster.hosts.servers has 1"],
    ),
    "a duplicate address": (
        {"hosts__servers__1__address": "10.98.64.151"},
        ["cluster.hosts.servers[1].address:", "10.98.64.151", "every server has its own"],
    ),
    "a duplicate server name": (
        {"hosts__servers__1__name": "server1"},
        ["cluster.hosts.servers[1].name:", "server1", "every server has its own"],
    ),
    "an address outside the network": (
        {"hosts__servers__1__address": "192.168.7.2"},
        ["cluster.hosts.servers[1].address:", "192.168.7.2", "10.98.64.0/24"],
    ),
    "the gateway's address": (
        {"hosts__servers__0__address": "10.98.64.1"},
        ["cluster.hosts.servers[0].address:", "10.98.64.1 ", "gateway", "use another"],
    ),
    "the broadcast address": (
        {"hosts__servers__0__address": "10.98.64.255"},
        ["cluster.hosts.servers[0].address:", "10.98.64.255", "broadcast", "use another"],
    ),
    "no address": (
        {"hosts__servers__0__address": "server1.example"},
        ["cluster.hosts.servers[0].address:", "'server1.example'", "IPv4 address"],
    ),
    "a network too small": (
        {"hosts__network": "10.98.64.152/30"},
        ["cluster.hosts.network:", "10.98.64.152/30", "2 servers"],
    ),
    "an unknown provider": (
        {"hosts__provider": "docker"},
        ["cluster.hosts.provider:", "'docker'", "nspawn"],
    ),
    "ports that collide": (
        {"ports": {"slave": 10913}},
        ["cluster.ports:", "broker-a (listen) and broker-b-s (fast)", "10911", "server1"],
    ),
    "a name server's port that a broker takes": (
        {"ports": {"nameServer": 10909}},
        [
            "cluster.ports:",
            "namesrv-server1",
            "10909",
            "listenPort-2, listenPort and listenPort+1",
        ],
    ),
    "a port above 65535": (
        {"ports": {"master": 65535}},
        ["cluster.ports:", "broker-a would take port 65536", "1024 to 65535"],
    ),
    "a port below 1024": (
        {"ports": {"master": 1025}},
        ["cluster.ports:", "broker-a would take port 1023", "1024 to 65535"],
    ),
    "a value above the last port": (
        {"ports": {"master": 70000}},
        ["cluster.ports.master:", "70000", "65535"],
    ),
    "a step that makes neighbors collide": (
        {"ports": {"step": 3}},
        ["cluster.ports.step:", "3", "must be at least 4"],
    ),
    "heaps that do not fit": (
        {"heap": {"broker": "2GiB"}},
        ["cluster.hosts.servers[0].memory:", "4096 MiB", "3072 MiB", "lower cluster.heap"],
    ),
    "a host too small": (
        {"hosts__servers__1__memory": "1GiB"},
        ["cluster.hosts.servers[1].memory:", "server2's 1024 MiB", "768 MiB", "1184 MiB"],
    ),
    "a heap too small to start": (
        {"heap": {"broker": "64MiB"}},
        ["cluster.heap.broker:", "64 MiB", "write 128MiB or more"],
    ),
    "memory without a unit": (
        {"hosts__servers__0__memory": 4096},
        ["cluster.hosts.servers[0].memory:", "4096", "512MiB or 4GiB"],
    ),
    "memory in another unit": (
        {"heap": {"nameServer": "4GB"}},
        ["cluster.heap.nameServer:", "'4GB'", "MiB or GiB"],
    ),
    "a version under the security floor": (
        {"version": "5.1.1"},
        ["cluster.version: 5.1.1", "CVE-2023-33246", "write 5.3.0 or a later 5.x"],
    ),
    "a version of another major release": (
        {"version": "4.9.7"},
        ["cluster.version: 4.9.7 is not supported", "write 5.3.0 or a later 5.x"],
    ),
    "a version that no new cluster gets": (
        {"version": "5.2.0"},
        ["cluster.version: 5.2.0", "CVE-2024-23321", "write 5.3.0 or a later 5.x"],
    ),
    "no version": ({"version": "latest"}, ["cluster.version:", "'latest'", "three numbers"]),
    "a version that cannot be assembled": (
        {"version": "5.3.1"},
        [
            "cluster.artifact:",
            "'maven'",
            "5.3.1",
            "only 5.5.0, 5.3.3 and 5.2.0",
            ": make archive-digest VERSION=5.3.1",
        ],
    ),
    "an official archive without its digest": (
        {"artifact": "official", "version": "5.9.9"},
        [
            "cluster.artifact.sha512: is missing, and this program does not know the digest of ",
            "RocketMQ 5.9.9; add the lines",
            ": make archive-digest VERSION=5.9.9",
        ],
    ),
    "an unknown source of the archive": (
        {"artifact": "mirror"},
        ["cluster.artifact:", "'mirror'", "'official', 'maven', 'url', 'file'"],
    ),
    "a short digest": (
        {"artifact": {"source": "file", "path": "a.zip", "sha512": "abc"}},
        ["cluster.artifact.sha512:", "'abc'", "128"],
    ),
    "a file without a digest": (
        {"artifact": {"source": "file", "path": "a.zip"}},
        ["cluster.artifact.sha512:", "missing"],
    ),
    "a group given twice": (
        {"brokerGroups": ["broker-a", "broker-a"]},
        ["cluster.brokerGroups[1].name:", "'broker-a'", "twice"],
    ),
    "no group": ({"brokerGroups": []}, ["cluster.brokerGroups:", "[]", "at least one"]),
    "a group's name with a path in it": (
        {"brokerGroups": ["broker-a", "../b"]},
        ["cluster.brokerGroups[1].name:", "'../b'"],
    ),
    "a group on a server that is not there": (
        {"brokerGroups": [{"name": "broker-a", "hosts": ["server9", "server1"]}]},
        ["cluster.brokerGroups[0].hosts[0]:", "'server9'", "server1, server2"],
    ),
    "a slave beside its master": (
        {"brokerGroups": [{"name": "broker-a", "hosts": ["server2", "server2"]}]},
        ["cluster.brokerGroups[0].hosts:", "'server2'", "more than one copy", "another server"],
    ),
    "more name servers than servers": (
        {"nameServers": 3},
        ["cluster.nameServers:", "3 name servers", "there are 2"],
    ),
    "no name server": (
        {"nameServers": 0},
        ["cluster.nameServers:", "0 is out of range", "must be at least 1"],
    ),
    "a cluster name that RocketMQ refuses": ({"name": "a b"}, ["cluster.name:", "'a b'"]),
    "a text for a boolean": (
        {"purgeData": "later"},
        ["cluster.purgeData:", "'later'", "neither true nor false"],
    ),
    "localhost as a server's name": (
        {"hosts__servers__0__name": "localhost"},
        ["cluster.hosts.servers[0].name: 'localhost' is each", "loopback", "write another name"],
    ),
    "a generation of 401 digits": (
        {"console": {"kind": "builtin", "passwordGeneration": 10**400}},
        ["cluster.console.passwordGeneration: 1000", "is out of range; must be at most 1000000"],
    ),
    "a memory size of 401 digits": (
        {"hosts__servers__0__memory": f"{10**400}GiB"},
        ["cluster.hosts.servers[0].memory:", "is not a memory size"],
    ),
    "memory in digits of another script": (
        {"hosts__servers__0__memory": "\u0664GiB"},
        ["cluster.hosts.servers[0].memory:", "is not a memory size"],
    ),
    "a step beyond the last port": (
        {"ports": {"step": 10**400}},
        ["cluster.ports.step: 1000", "is out of range; must be at most 65535"],
    ),
    "a path with a null character": (
        {"artifact": {"source": "file", "path": "a\0.zip", "sha512": DIGEST}},
        ["cluster.artifact.path: 'a\\x00.zip'", "without control characters"],
    ),
    "a URL with a line break": (
        {"artifact": {"source": "url", "url": "file:///a\n.zip", "sha512": DIGEST}},
        ["cluster.artifact.url: its value", "without control characters"],
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_one_line_with_key_value_and_remedy(what):
    changes, parts = REFUSED[what]
    assert_one_line(changed(**changes), *parts)


@pytest.mark.parametrize("value", [10**400, "a" * 1000])
@pytest.mark.parametrize("key", ["name", "version", "artifact", "console", "hosts__provider"])
def test_a_long_value_is_shortened_in_its_line(key, value):
    place = f"cluster.{key.replace('__', '.')}"
    assert_one_line(changed(**{key: value}), place, repr(value)[:50])


TOO_LONG_FOR_PYTHON = 10**5000
"""Python refuses to write an integer of more than 4300 digits."""


@pytest.mark.parametrize(
    "key",
    [
        *("name", "version", "artifact", "console", "scheme", "metrics", "heap__broker"),
        *("replicas", "controllers", "nameServers", "brokerGroups", "ports", "ports__master"),
        *("hosts", "hosts__provider", "hosts__network", "hosts__servers__0__memory"),
        *("hosts__servers__0__name", "hosts__servers__0__address"),
        *("brokerProperties__fileReservedTime", "brokerProperties__diskMaxUsedSpaceRatio"),
    ],
)
@pytest.mark.parametrize(
    "value", [TOO_LONG_FOR_PYTHON, [TOO_LONG_FOR_PYTHON]], ids=["alone", "in a list"]
)
def test_an_integer_that_python_cannot_write_is_refused_in_its_line(key, value):
    raw = changed(heap={}, ports={}, brokerProperties={})
    *steps, last = (int(step) if step.isdigit() else step for step in key.split("__"))
    container = raw
    for step in steps:
        container = container[step]
    container[last] = value
    place = "cluster." + key.replace("__0__", "[0].").replace("__", ".")
    index = "[0]" if isinstance(value, list) else ""
    too_long = "an integer of over 4300 digits is too long; write fewer digits"
    assert problems_of(raw) == (f"{place}{index}: {too_long}",)


def test_settings_that_are_an_integer_that_python_cannot_write_are_refused():
    assert_one_line(TOO_LONG_FOR_PYTHON, "cluster: an integer of over 4300 digits is too long")


@pytest.mark.parametrize("key", ["purgeData", "allowSharedHost", "metrics"])
@pytest.mark.parametrize("value", ["yes", "on", "t", "true", 1, 0, 1.0])
def test_a_switch_accepts_only_a_boolean(key, value):
    assert_one_line(
        changed(**{key: value}), f"cluster.{key}: {value!r} is neither true nor false; write one"
    )


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPw532/fcMNzQhJHtpYz7axCYTUw7QUxgxOyYeHSkyTP"
ECDSA_KEY = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPuMzFVbm6Y9"
    "FU8pDMmLEJ0pQ/2lHTx+cPmZ7tTnA0m1t4ZqLQ6cJv4Tm0bZ0ILVOHSNnVbuMn5tqtNPkIyQbU4="
)
FIRST = "cluster.hosts.servers[0]"
REFUSED_OF_EXISTING = {
    "no host key": (
        {"hosts__servers__0": {"name": "server1", "address": "192.0.2.11"}},
        [f"{FIRST}.hostKey: is missing"],
    ),
    "a key of RSA": (
        {"hosts__servers__0__hostKey": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB"},
        [f"{FIRST}.hostKey:", "ssh-rsa", "cannot be pinned", "ed25519 or ecdsa", "make hostkeys"],
    ),
    "a key cut short": (
        {"hosts__servers__0__hostKey": KEY[:-9]},
        [f"{FIRST}.hostKey:", "is not the line of a host's public key", "make hostkeys"],
    ),
    "a key of another type than stated": (
        {"hosts__servers__0__hostKey": KEY.replace("ssh-ed25519", "ecdsa-sha2-nistp256")},
        [f"{FIRST}.hostKey:", "is not the line of a host's public key"],
    ),
    "a fingerprint for a key": (
        {"hosts__servers__0__hostKey": "SHA256:1lBcBvQ"},
        [f"{FIRST}.hostKey:", "'SHA256:1lBcBvQ'", "is not the line"],
    ),
    "a host's pattern before its key": (
        {"hosts__servers__0__hostKey": f"192.0.2.11 {KEY}"},
        [f"{FIRST}.hostKey:", "is not the line"],
    ),
    "a generation of 401 digits": (
        {"hosts__servers__0__generation": 10**400},
        [f"{FIRST}.generation: 1000", "is out of range; must be at most 1000000"],
    ),
    "a generation of 0": (
        {"hosts__servers__0__generation": 0},
        [f"{FIRST}.generation:", "0 is out of range", "must be at least 1"],
    ),
    "a misspelt key of ssh": (
        {"hosts__servers__0__ssh": {"adress": "a.example"}},
        [f"{FIRST}.ssh.adress:", "address, port, user"],
    ),
    "port 0 for SSH": (
        {"hosts__servers__0__ssh": {"port": 0}},
        [f"{FIRST}.ssh.port:", "0 is out of range", "must be at least 1"],
    ),
    "a user with a blank in its name": ({"hosts__user": "a b"}, ["cluster.hosts.user:", "'a b'"]),
    "a user that is an option": (
        {"hosts__servers__0__ssh": {"user": "-oProxyCommand=x"}},
        [f"{FIRST}.ssh.user:", "-oProxyCommand"],
    ),
    "an address that is an option": (
        {"hosts__servers__0__ssh": {"address": "-oProxyCommand=x"}},
        [f"{FIRST}.ssh.address:", "-oProxyCommand"],
    ),
    "an address that clients cannot reach": (
        {"hosts__servers__0__address": "127.0.0.1"},
        [f"{FIRST}.address:", "127.0.0.1", "clients", "use the address"],
    ),
    "a name for an address": (
        {"hosts__servers__0__address": "server1.example"},
        [f"{FIRST}.address:", "'server1.example'", "IPv4 address"],
    ),
    "a duplicate address": (
        {"hosts__servers__1__address": "192.0.2.11"},
        ["cluster.hosts.servers[1].address:", "192.0.2.11", "every server has its own"],
    ),
    "a duplicate name": (
        {"hosts__servers__1__name": "server1"},
        ["cluster.hosts.servers[1].name:", "server1", "every server has its own"],
    ),
    "a network": (
        {"hosts__network": "192.0.2.0/24"},
        ["cluster.hosts.network:", "bastion, key, provider, servers, user"],
    ),
    "an unknown source of the key": (
        {"hosts__key": "password"},
        ["cluster.hosts.key:", "'password'", "'agent', 'file'"],
    ),
    "a key file without its path": (
        {"hosts__key": "file"},
        ["cluster.hosts.key.path:", "missing"],
    ),
    "a misspelt key of the key file": (
        {"hosts__key": {"source": "file", "path": "key", "passphrase": "x"}},
        ["cluster.hosts.key.passphrase:", "path, source"],
    ),
    "a bastion without a host key": (
        {"hosts__bastion": {"address": "jump.example"}},
        ["cluster.hosts.bastion.hostKey: is missing"],
    ),
    "a bastion's key of RSA": (
        {"hosts__bastion": {"address": "jump.example", "hostKey": "ssh-rsa AAAA"}},
        ["cluster.hosts.bastion.hostKey:", "ssh-rsa", "make hostkeys"],
    ),
    "no server": ({"hosts__servers": []}, ["cluster.hosts.servers:", "at least one"]),
}


@pytest.mark.parametrize("what", REFUSED_OF_EXISTING)
def test_an_invalid_setting_of_existing_servers_is_refused_in_one_line(what):
    changes, parts = REFUSED_OF_EXISTING[what]
    assert_one_line(changed("hosts", **changes), *parts)


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        f"{KEY} root@server1",
        ECDSA_KEY,
    ],
)
def test_a_pinned_key_is_kept_without_its_comment(key):
    settings = settings_of(changed("hosts", hosts__servers__0__hostKey=key))
    assert settings.hosts.servers[0].host_key == " ".join(key.split()[:2])


def test_all_problems_of_all_layers_are_in_one_report():
    raw = changed(
        flavour="best",
        version="5.0.0",
        brokerProperties={"fileReservedTim": 48, "brokerId": 3},
        hosts__servers__1__address="10.98.64.151",
        nameServers=9,
    )
    raw["heap"] = {"broker": "4GB"}
    problems = problems_of(raw)
    for key in (
        "cluster.flavour:",
        "cluster.version:",
        "cluster.brokerProperties.fileReservedTim:",
        "cluster.brokerProperties.brokerId:",
        "cluster.hosts.servers[1].address:",
        "cluster.nameServers:",
        "cluster.heap.broker:",
    ):
        assert len([line for line in problems if line.startswith(key)]) == 1, key
    assert len(problems) == 7


def test_problems_of_a_further_check_are_in_the_same_report():
    with pytest.raises(SettingsError) as refused:
        settings_of(changed(nameServers=9), lambda _: ["cluster.artifact.path: another digest"])
    keys = [line.partition(":")[0] for line in refused.value.problems]
    assert keys == ["cluster.nameServers", "cluster.artifact.path"]


def test_an_error_of_a_further_check_is_ignored_if_other_problems_were_found():
    def needs_a_known_version(_):
        raise ValueError("unknown version")

    with pytest.raises(SettingsError) as refused:
        settings_of(changed(version="5.0.0"), needs_a_known_version)
    assert [p.partition(":")[0] for p in refused.value.problems] == [
        "cluster.version",
    ]


def test_an_error_of_a_further_check_is_raised_if_no_problem_was_found():
    def breaks(_):
        raise ValueError("broken check")

    with pytest.raises(ValueError, match="broken check"):
        settings_of(raw_cluster(), breaks)


def test_the_report_counts_its_problems_and_lists_each_on_a_line():
    one, two = (SettingsError(lines) for lines in (("a: x",), ("a: x", "b: y")))
    assert str(one) == "1 problem in the stack's settings:\n  - a: x"
    assert str(two) == "2 problems in the stack's settings:\n  - a: x\n  - b: y"
    assert isinstance(one, ClusterError)


@pytest.mark.parametrize("raw", [None, 3, "x", ["x"]])
def test_a_cluster_other_than_an_object_is_refused(raw):
    assert_one_line(raw, "cluster:", repr(raw), "object")


def test_more_groups_than_there_are_ports_for_are_refused():
    problems = problems_of(ring(56, 2))
    assert problems
    assert all(p.startswith("cluster.ports: ") and "allowed are" in p for p in problems)


@pytest.mark.parametrize(
    ("artifact", "line"),
    [
        ({"source": "url", "url": "ftp://x/a.zip", "sha512": DIGEST}, "cluster.artifact.url: "),
        ({"source": "url", "url": "https://x/a.zip"}, "cluster.artifact.sha512: is missing"),
    ],
)
def test_a_problem_of_a_downloaded_archive_names_its_key(artifact, line):
    assert_one_line(changed(artifact=artifact), line)


def test_the_line_of_an_unknown_key_shows_its_value():
    assert_one_line(changed(flavour="best"), "cluster.flavour:", "best")


def test_a_server_with_a_bad_address_does_not_hide_the_problems_of_other_keys():
    raw = changed(
        hosts__servers__1__address="nope", version="5.0.0", brokerProperties={"fileReservedTim": 1}
    )
    keys = {line.partition(":")[0] for line in problems_of(raw)}
    assert keys == {
        "cluster.hosts.servers[1].address",
        "cluster.version",
        "cluster.brokerProperties.fileReservedTim",
    }


def test_a_bad_group_is_one_problem():
    raw = changed(brokerGroups=[{"name": "Broker_A"}])
    assert len(problems_of(raw)) == 1
