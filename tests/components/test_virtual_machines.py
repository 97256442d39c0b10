"""What a stack on libvirt registers: who waits for whom, what is replaced how, what is secret."""

import json
import os
import subprocess
from pathlib import Path

import pulumi
import pytest

from system.errors import LocalError
from tests.support import virtual
from tests.support.recording import LOCAL_COMMAND, PRIVATE_MARK, opened, texts_in
from tests.support.stacks import raw_cluster

LIBVIRT = "libvirt:index/"
SERVERS = ("server1", "server2")


def of_libvirt(found):
    return [r for r in found.resources.values() if r.token.startswith(LIBVIRT)]


def kind(resource):
    return resource.token.rpartition(":")[2]


def test_there_is_one_pool_network_and_image_and_each_server_has_its_disks_and_domain(lab):
    names = {(kind(r), r.name) for r in of_libvirt(lab)}
    each = {
        (what, f"{server}-{role}")
        for server in SERVERS
        for what, role in (
            ("Volume", "system-disk"),
            ("Volume", "data-disk"),
            ("Volume", "cloud-init"),
            ("Domain", "domain"),
        )
    }
    shared = {("Pool", "hosts-pool"), ("Network", "hosts-network"), ("Volume", "hosts-image")}
    assert names == shared | each


def test_everything_on_libvirt_is_deleted_before_it_is_replaced_by_one_explicit_provider(lab):
    for resource in of_libvirt(lab):
        assert resource.delete_before_replace, resource.name
        assert resource.provider == "hosts-libvirt", resource.name
    assert lab.resources["hosts-libvirt"].inputs["uri"] == "qemu:///system"


def test_only_data_disks_are_retained_and_they_are_purged_with_the_pool(lab):
    kept = {r.name for r in lab.resources.values() if r.retained}
    assert kept == {"server1-data-disk", "server2-data-disk"}
    purge = lab.resources["hosts-data-disks"]
    assert purge.inputs["delete"] == (
        "python3 -m machines.libvirt purge-data --uri qemu:///system --stack tested"
    )
    assert "hosts-pool" in purge.depends_on
    # Deleted after the domains that use the disks.
    for server in SERVERS:
        assert "hosts-data-disks" in lab.resources[f"{server}-domain"].depends_on


@pytest.mark.parametrize(
    "uri", ["qemu:///system$(touch${IFS}x)", "qemu+ssh://host/system?keyfile=/k&no_verify=1;id"]
)
def test_a_uri_reaches_every_shell_as_one_word(record_settings, monkeypatch, tmp_path, uri):
    raw = raw_cluster("lab")
    virtual.answer(monkeypatch)
    raw["hosts"] = {**raw["hosts"], "uri": uri}
    made = record_settings(raw)
    (tmp_path / "python3").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "python3").chmod(0o755)
    seen = 0
    for resource in made.of_type(LOCAL_COMMAND):
        for command in (
            resource.inputs[key] for key in ("create", "delete") if key in resource.inputs
        ):
            if "--uri" not in command:
                continue
            seen += 1
            printed = subprocess.run(
                ["/bin/sh", "-c", command],
                env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=True,
            )
            words = printed.stdout.splitlines()
            assert words[words.index("--uri") + 1] == uri, resource.name
    assert seen == 2 + 2 * len(SERVERS)
    assert [file.name for file in tmp_path.iterdir()] == ["python3"]


@pytest.mark.parametrize("server", SERVERS)
def test_a_domain_boots_by_itself_with_its_disks_in_order_at_a_known_address(lab, server):
    domain = lab.resources[f"{server}-domain"].inputs
    assert (domain["autostart"], domain["running"], domain["type"]) == (True, True, "qemu")
    assert [disk["volumeId"] for disk in domain["disks"]] == [
        f"{server}-system-disk-id",
        f"{server}-data-disk-id",
    ]
    volume = lab.resources[f"{server}-cloud-init"].inputs["name"]
    assert domain["cloudinit"] == f"{server}-cloud-init-id;{volume}"
    assert domain["consoles"] == [{"type": "pty", "targetType": "serial", "targetPort": "0"}]
    (card,) = domain["networkInterfaces"]
    assert card["addresses"] == [f"192.168.64.15{server[-1]}"]
    assert card["waitForLease"] is True
    assert "cpu" not in domain


def test_on_kvm_a_domain_has_the_processor_itself(record_settings, monkeypatch):
    virtual.answer(monkeypatch, features=("vmx",))
    found = record_settings(raw_cluster("lab"))
    domain = found.resources["server1-domain"].inputs
    assert (domain["type"], domain["cpu"]) == ("kvm", {"mode": "host-passthrough"})
    assert "--emulated" not in found.resources["server1-power"].inputs["delete"]


@pytest.mark.parametrize("server", SERVERS)
def test_a_machine_is_shut_down_cleanly_before_its_domain_is_replaced(lab, server):
    power = lab.resources[f"{server}-power"]
    assert power.inputs["triggers"] == [f"{server}-domain-id"]
    assert power.delete_before_replace
    # But not when the whole stack goes.
    assert power.deleted_with == "hosts-pool"
    assert power.inputs["delete"].endswith(
        f"--domain rmq-tested-{server} --address 192.168.64.15{server[-1]} --emulated"
    )


@pytest.mark.parametrize("server", SERVERS)
def test_the_identity_of_a_machine_is_read_from_its_system_disk(lab, server):
    first = lab.resources[f"{server}-first-contact"]
    assert "triggers" not in first.inputs
    assert "delete" not in first.inputs
    assert f"# Domain: {server}-domain-id\n" in first.inputs["stdin"]
    assert f"{server}-power" in first.depends_on
    assert first.create_timeout == "40m"
    assert opened(first.inputs["connection"])["dialErrorLimit"] == -1
    on_host = [
        r
        for r in lab.resources.values()
        if f"{server}-first-contact" in r.depends_on and "triggers" in r.inputs
    ]
    assert len(on_host) > 10
    identity = json.dumps({"of": f"{server}-first-contact"})
    for resource in on_host:
        assert resource.inputs["triggers"] == [identity], resource.name
        assert resource.deleted_with == f"{server}-machine", resource.name


def test_every_private_key_is_in_a_secret(lab):
    for resource in lab.resources.values():
        for text, in_secret in texts_in(resource.inputs):
            assert in_secret or PRIVATE_MARK not in text, resource.name


def test_nothing_on_libvirt_is_read_back_by_a_refresh(lab):
    """A refresh downloads a CloudInitDisk, and some downloads come back empty."""
    assert lab.of_type("libvirt:index/cloudInitDisk:CloudInitDisk") == []


@pytest.fixture
def written(monkeypatch, tmp_path):
    """The images that the program writes, into a folder of the test."""
    images = {}

    def write(file, contents):
        images[file.relative_to(tmp_path)] = contents
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("image")

    virtual.answer(monkeypatch)
    monkeypatch.setattr("components.hosts.cloud_init_disk.ROOT", tmp_path)
    monkeypatch.setattr("machines.libvirt.cloud_init_image.write_image", write)
    return images


def test_an_update_writes_each_machines_image_and_removes_it(record_settings, written, tmp_path):
    made = record_settings(raw_cluster("lab"))
    assert len(written) == len(SERVERS)
    for server in SERVERS:
        volume = made.resources[f"{server}-cloud-init"].inputs
        assert volume["source"] == f".state/cloud-init/{volume['name']}"
        contents = written[Path(volume["source"])]
        assert set(contents) == {"user-data", "meta-data", "network-config"}
        assert contents["user-data"].count(f"{PRIVATE_MARK}{server}-host-key") == 1
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_preview_writes_no_image(record_settings, written):
    record_settings(raw_cluster("lab"), preview=True)
    assert written == {}


def test_an_image_that_cannot_be_written_ends_the_run_in_one_line(
    record_settings, written, monkeypatch
):
    def fail(_file, _contents):
        raise LocalError("mkisofs …: exit status 1: no space")

    monkeypatch.setattr("machines.libvirt.cloud_init_image.write_image", fail)
    with pytest.raises(pulumi.RunError, match=r"^mkisofs …: exit status 1: no space$"):
        record_settings(raw_cluster("lab"))
    assert written == {}


def test_only_images_have_a_path_in_their_inputs_which_is_the_same_in_every_clone(lab):
    assert lab.resources["hosts-image"].inputs["source"].startswith(".state/images/")
    for resource in of_libvirt(lab):
        for text, _ in texts_in(resource.inputs):
            assert "/work" not in text
            assert "/root" not in text


def test_processes_on_an_emulated_host_start_with_the_first_compiler_alone(lab, recorded):
    for made, cheap in ((lab, True), (recorded, False)):
        for name in ("broker-a-unit", "namesrv-server2-unit"):
            text = made.resources[name].inputs["stdin"]
            assert ("-XX:+UseSerialGC -XX:TieredStopAtLevel=1" in text) is cheap
            assert ("-XX:+UseG1GC" in text) is not cheap


def test_an_emulated_host_gets_more_time_for_everything(lab, recorded):
    for made, seconds in ((lab, 1800), (recorded, 180)):
        step = made.resources["namesrv-server1-step"].inputs["stdin"]
        assert f"--timeout {seconds}" in step
    stop = "TimeoutStopSec="
    assert f"{stop}900" in lab.resources["broker-a-unit"].inputs["stdin"]
    assert f"{stop}120" in recorded.resources["broker-a-unit"].inputs["stdin"]
