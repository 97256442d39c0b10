"""What the real engine shows before any host is touched."""

import hashlib
import json
import subprocess

import pytest
import yaml

from blueprint.overview.text import render_plan_summary
from project import ROOT
from tests.support.stacks import planned

pytestmark = pytest.mark.engine


def test_a_preview_of_an_empty_state_shows_every_file_and_needs_no_host(engine):
    done = engine.preview("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    planned = {
        step["urn"].rpartition("::")[2]: step["newState"].get("inputs", {})
        for step in json.loads(done.stdout)["steps"]
    }
    assert "inSyncReplicas=2\n" in planned["broker-a-properties"]["stdin"]
    assert (
        "storePathRootDir=/usr/local/rocketmq/store/broker-bs\n"
        in (planned["broker-b-s-properties"]["stdin"])
    )
    assert sum(name.endswith("-service") for name in planned) == 7
    assert '"listen": "10.98.64.151:8080"' in planned["console-configuration"]["stdin"]


def test_a_preview_leaves_the_git_tree_as_it_was(engine):
    def status() -> str:
        return subprocess.run(
            ["git", "status", "--porcelain"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    before = status()
    assert engine.preview().returncode == 0
    assert status() == before


def refusal(engine) -> str:
    done = engine.preview()
    assert done.returncode != 0
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    # The engine never registers a resource of the cluster.
    assert "rocketmq:" not in text
    return text


def test_all_problems_are_reported_at_once_before_any_resource(engine):
    engine.cluster.update(
        {"flavour": "best", "version": "5.1.1", "brokerProperties": {"fileReservedTim": 4}}
    )
    engine.cluster["hosts"]["servers"][1]["address"] = "10.98.64.151"
    text = refusal(engine)
    assert "4 problems in the stack's settings:" in text
    for start in (
        "- cluster.flavour: unknown key with value 'best'",
        "- cluster.version: 5.1.1",
        "- cluster.hosts.servers[1].address: 10.98.64.151",
        "- cluster.brokerProperties.fileReservedTim: '4'",
    ):
        assert sum(line.strip().startswith(start) for line in text.splitlines()) == 1


def test_a_local_archive_with_a_wrong_digest_is_refused_before_any_resource(engine, tmp_path):
    archive = tmp_path / "rocketmq.zip"
    archive.write_bytes(b"something else")
    engine.cluster["artifact"] = {"source": "file", "path": str(archive), "sha512": "0" * 128}
    actual = hashlib.sha512(b"something else").hexdigest()
    line = next(line for line in refusal(engine).splitlines() if "cluster.artifact" in line)
    assert actual[:16] in line
    assert "0" * 16 in line


def test_an_official_archive_of_unknown_digest_is_refused_with_the_command_that_fetches_it(engine):
    engine.cluster.update(version="5.99.0", artifact="official")
    line = next(line for line in refusal(engine).splitlines() if "cluster.artifact" in line)
    assert line.endswith(": make archive-digest VERSION=5.99.0")


def test_a_preview_of_a_version_without_a_list_says_so_and_shows_unchecked_properties(engine):
    engine.settings = yaml.safe_load((ROOT / "Pulumi.hosts.yaml").read_text())
    engine.cluster.update(
        version="5.99.0",
        artifact={"source": "official", "sha512": "ab" * 64},
        uncheckedProperties={"keyOfANewerVersion": True},
    )
    done = engine.preview("--diff", stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert "warning: RocketMQ 5.99.0: this program has no list of its properties" in done.stdout
    assert "unchecked properties: keyOfANewerVersion=true (every broker)\n" in done.stdout


def test_the_engine_refuses_a_cluster_that_is_not_an_object(engine):
    engine.settings["config"]["rocketmq:cluster"] = "2m-2s-sync"
    assert "cluster" in refusal(engine)


def test_a_preview_of_existing_servers_needs_neither_them_nor_an_agent(engine):
    text = (ROOT / "Pulumi.hosts.yaml").read_text()
    engine.settings = yaml.safe_load(text)
    engine.environment.pop("SSH_AUTH_SOCK", None)
    done = engine.preview("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    planned = {
        step["urn"].rpartition("::")[2]: step["newState"].get("inputs", {})
        for step in json.loads(done.stdout)["steps"]
    }
    assert "brokerIP1=192.0.2.11\n" in planned["broker-a-properties"]["stdin"]
    assert planned["server1-gate"]["create"] == "sudo -n bash -s ensure"


def test_a_plain_pulumi_preview_begins_with_the_plan(engine):
    done = engine.preview("--diff", stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    summary = render_plan_summary(planned(engine.cluster))
    assert done.stdout.count(summary) == 1
    assert done.stdout.index(summary) < done.stdout.index("rocketmq:cluster:Cluster: (create)")
