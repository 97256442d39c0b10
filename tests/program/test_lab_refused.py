"""Problems that only the hypervisor knows are in one report before any resource is made."""

import copy

import pulumi
import pytest

from machines.libvirt.contents import Contents
from system.errors import LocalError
from tests.support import virtual
from tests.support.recording import Recorder
from tests.support.stacks import raw_cluster

DATA_DISK = "rmq-tested-server1-data.qcow2"


@pytest.fixture
def refused(run_program):
    """Run the lab with other host settings and return the lines of the report."""

    def run(**changes):
        raw = copy.deepcopy(raw_cluster("lab"))
        raw["hosts"].update(changes)
        recorder = Recorder()
        with pytest.raises(pulumi.RunError) as error:
            run_program(raw, recorder=recorder)
        assert recorder.resources == {}
        heading, *lines = str(error.value).splitlines()
        assert heading == f"{len(lines)} problem{'s'[: len(lines) > 1]} in the stack's settings:"
        return lines

    return run


def test_kvm_on_a_processor_without_virtualization(refused):
    (line,) = refused(accel="kvm")
    assert "cluster.hosts.accel: 'kvm'" in line
    assert "neither vmx nor svm" in line


def test_an_image_that_has_not_been_fetched(refused):
    sha512 = "ab" * 64
    (line,) = refused(image={"source": "url", "url": "https://x/i.qcow2", "sha512": sha512})
    assert "cluster.hosts.image: 'url' has not been fetched" in line
    assert "run make image STACK=tested" in line


def test_a_system_disk_smaller_than_the_image(refused):
    (line,) = refused(systemDisk="4GiB")
    assert "cluster.hosts.systemDisk: 4096 MiB is less than the image's 8192 MiB" in line


@pytest.mark.parametrize("wanted", ["4GiB", "16GiB"])
def test_another_size_for_an_existing_data_disk(refused, monkeypatch, wanted):
    virtual.answer(monkeypatch, contents=Contents(domains={}, data_disks={DATA_DISK: 8192}))
    servers = copy.deepcopy(raw_cluster("lab")["hosts"]["servers"])
    servers[0]["dataDisk"] = wanted
    (line,) = refused(servers=servers)
    assert "cluster.hosts.servers[0].dataDisk:" in line
    assert "server1's disk has 8192 MiB" in line
    assert "never replaced" in line


def test_everything_at_once_is_one_report(refused):
    lines = refused(accel="kvm", systemDisk="4GiB", flavour="best")
    keys = [line.split(":")[0].removeprefix("  - ") for line in lines]
    assert keys == ["cluster.hosts.flavour", "cluster.hosts.accel", "cluster.hosts.systemDisk"]


def test_a_hypervisor_that_does_not_answer(refused, monkeypatch):
    def silent(_uri, _stack):
        raise LocalError("cluster.hosts.uri: qemu:///system does not answer: run make x")

    monkeypatch.setattr("preflight.hypervisor._facts", silent)
    (line,) = refused()
    assert line == "  - cluster.hosts.uri: qemu:///system does not answer: run make x"


def test_a_domain_that_is_off_is_explained_with_the_command_that_clears_it(
    run_program, monkeypatch
):
    warnings = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    left = {"rmq-tested-server1": "shut off", "rmq-tested-server2": "running"}
    virtual.answer(monkeypatch, features=("vmx",), contents=Contents(domains=left, data_disks={}))
    run_program(raw_cluster("lab"))
    (line,) = warnings
    assert line.endswith("virsh -c qemu:///system undefine --nvram rmq-tested-server1")


def test_emulation_is_a_warning(run_program, monkeypatch):
    warnings = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    virtual.answer(monkeypatch)
    run_program(raw_cluster("lab"))
    assert ["TCG" in line and "slower" in line for line in warnings] == [True]
