"""Invalid settings of the console are refused in one line each."""

import pytest

from tests.support.golden import JAR
from tests.support.refusals import assert_only_line
from tests.support.stacks import changed

DIGEST = "0123456789abcdef" * 8
URL = {"source": "url", "url": "https://mirror.example/d.jar", "sha512": DIGEST}


def dashboard(**changes):
    return changed(console={"kind": "dashboard", "jar": JAR, **changes})


BAD = {
    "an unknown kind": (
        changed(console="grafana"),
        ["cluster.console: 'grafana'", "'builtin', 'dashboard', 'none'"],
    ),
    "no kind": (changed(console={"host": "server1"}), ["cluster.console.kind:", "builtin"]),
    "a truth value": (changed(console=True), ["cluster.console", "True"]),
    "a host that is no server": (
        changed(console={"kind": "builtin", "host": "server3"}),
        ["cluster.console.host: 'server3' is not a server", "server1", "server2"],
    ),
    "a key that the kind does not have": (
        changed(console={"kind": "builtin", "jar": JAR}),
        ["cluster.console.jar:", "unknown key", "passwordGeneration"],
    ),
    "no console, with a host": (
        changed(console={"kind": "none", "host": "server1"}),
        ["cluster.console.host: unknown key with value 'server1'"],
    ),
    "a dashboard without its jar": (
        changed(console={"kind": "dashboard"}),
        ["cluster.console.jar: is missing", "jar: {source: …"],
    ),
    "a jar with an invalid digest": (
        dashboard(jar={**JAR, "sha512": "abc"}),
        ["cluster.console.jar.sha512", "128 hexadecimal digits"],
    ),
    "a jar that nspawn machines cannot download": (
        dashboard(jar=URL),
        ["cluster.console.jar.url", "provider nspawn", "write {source: file"],
    ),
    "an official jar": (
        dashboard(jar={"source": "official"}),
        ["cluster.console.jar.source: 'official'", "url", "file"],
    ),
    "a generation below 1": (
        changed(console={"kind": "builtin", "passwordGeneration": 0}),
        ["cluster.console.passwordGeneration: 0", "must be at least 1"],
    ),
    "the port of a name server": (
        changed(ports={"console": 9876}),
        ["namesrv-server1 (listen) and console (listen)", "9876", "cluster.ports.console"],
    ),
    "a privileged port": (
        changed(ports={"console": 443}),
        ["cluster.ports: console would take port 443", "allowed are 1024 to 65535"],
    ),
    "a heap that does not fit": (
        {**dashboard(), "heap": {"console": "4GiB"}},
        ["cluster.hosts.servers[0].memory: server1's 4096 MiB", "cluster.heap"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_in_one_line_with_key_value_and_remedy(what):
    raw, parts = BAD[what]
    assert_only_line(raw, *parts)
