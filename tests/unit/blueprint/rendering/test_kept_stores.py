"""The gate finds stores that outlived the state, on existing servers and on data disks."""

import subprocess

import pytest

from blueprint.plan.paths import STORES
from blueprint.rendering.scripts import render_gate
from blueprint.rocketmq.schemes import Scheme
from tests.support.stacks import planned, ring


class Host:
    """A folder that stands for a host's stores, and the gate's check of them."""

    def __init__(self, folder):
        self.stores = folder / "store"
        (self.stores / "broker-a" / "commitlog").mkdir(parents=True)

    def record(self, scheme):
        (self.stores / ".scheme").write_text(f"{scheme}\n")

    def write_messages(self):
        (self.stores / "broker-a" / "commitlog" / "00000000000000000000").write_text("m")

    def ask(self, scheme):
        cluster = planned(ring(1, 3, scheme=scheme))
        lines = render_gate(cluster, cluster.hosts[0], "root").splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith("fail() {"))
        functions = lines[start : start + 4] + _function(lines, "check_stores")
        text = "\n".join(["set -euo pipefail", *functions, "check_stores"])
        text = text.replace(str(STORES), str(self.stores))
        return subprocess.run(
            ["bash", "-s"], input=text, text=True, capture_output=True, check=False
        )


def _function(lines, name):
    start = lines.index(f"{name}() {{")
    return lines[start : lines.index("}", start) + 1]


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


@pytest.mark.parametrize("scheme", Scheme)
def test_a_host_without_stores_of_another_scheme_passes(host, scheme):
    assert host.ask(scheme.value).returncode == 0
    host.write_messages()
    assert host.ask(scheme.value).returncode == 0
    host.record(scheme.value)
    assert host.ask(scheme.value).returncode == 0


def test_stores_of_a_scheme_that_cannot_be_followed_are_refused_with_the_reason(host):
    host.record("2m-noslave")
    host.write_messages()
    asked = host.ask("2m-2s-sync")
    assert asked.returncode == 1
    (line,) = asked.stderr.splitlines()
    assert line.startswith("server1: ")
    assert "holds messages of scheme 2m-noslave" in line
    assert "cannot be seeded yet" in line


def test_empty_stores_are_accepted(host):
    host.record("dledger")
    assert host.ask("2m-2s-sync").returncode == 0


def test_asynchronous_and_synchronous_schemes_accept_each_others_stores(host):
    host.write_messages()
    schemes = ["2m-2s-async", "2m-2s-sync"]
    for was, wanted in (schemes, reversed(schemes)):
        host.record(was)
        assert host.ask(wanted).returncode == 0
