"""Invalid settings of virtual machines are refused in one line with key, value and remedy."""

import copy

import pytest

from tests.support.refusals import assert_one_line, problems_of
from tests.support.stacks import raw_cluster


def lab(**changes):
    raw = copy.deepcopy(raw_cluster("lab"))
    for path, value in changes.items():
        steps = [int(step) if step.isdigit() else step for step in path.split("__")]
        container = raw["hosts"]
        for step in steps[:-1]:
            container = container[step]
        container[steps[-1]] = value
    return raw


REFUSED = {
    "an unknown key": ({"pool": "x"}, ["cluster.hosts.pool:", "accel, image, network, provider"]),
    "an unknown key of a server": (
        {"servers__0__disk": "8GiB"},
        ["cluster.hosts.servers[0].disk:", "address, cpus, dataDisk, memory, name"],
    ),
    "an unknown acceleration": (
        {"accel": "hvf"},
        ["cluster.hosts.accel:", "'hvf'", "'auto', 'kvm' or 'tcg'"],
    ),
    "an unknown source of the image": (
        {"image": "ubuntu"},
        ["cluster.hosts.image:", "'ubuntu'", "'debian', 'built', 'url', 'file'"],
    ),
    "a download without a digest": (
        {"image": {"source": "url", "url": "https://x/i.qcow2"}},
        ["cluster.hosts.image.sha512: is missing"],
    ),
    "a download over another protocol": (
        {"image": {"source": "url", "url": "ftp://x/i.qcow2", "sha512": "ab" * 64}},
        ["cluster.hosts.image.url:", "https://"],
    ),
    "a file with a short digest": (
        {"image": {"source": "file", "path": "i.qcow2", "sha512": "ab"}},
        ["cluster.hosts.image.sha512:", "'ab'", "128"],
    ),
    "another kind of hypervisor": (
        {"uri": "xen:///system"},
        ["cluster.hosts.uri:", "'xen:///system'", "qemu"],
    ),
    "a program that libvirt would run on this computer": (
        {"uri": "qemu+ssh://host/system?command=/tmp/x"},
        [
            "cluster.hosts.uri: 'qemu+ssh://host/system?command=/tmp/x' names a program",
            "leave out command=",
        ],
    ),
    "the same in disguise": (
        {"uri": "qemu+ext:///system?comm%61nd=/tmp/x"},
        ["cluster.hosts.uri:", "leave out command="],
    ),
    "the same in capitals": (
        {"uri": "qemu+ssh://host/system?Command=/tmp/x"},
        ["cluster.hosts.uri:", "leave out command="],
    ),
    "the same after a semicolon": (
        {"uri": "qemu+ssh://host/system?a=1;command=/tmp/x"},
        ["cluster.hosts.uri:", "leave out command="],
    ),
    "the same before an encoded NUL": (
        {"uri": "qemu+ssh://host/system?command%00a=/tmp/x"},
        ["cluster.hosts.uri:", "leave out command="],
    ),
    "a NUL in the URI": (
        {"uri": "qemu:///system\0"},
        ["cluster.hosts.uri:", r"'qemu:///system\x00'", "for example qemu:///system"],
    ),
    "a bell in the URI": (
        {"uri": "qemu:///system\a"},
        ["cluster.hosts.uri:", r"'qemu:///system\x07'", "for example qemu:///system"],
    ),
    "no processor": (
        {"servers__1__cpus": 0},
        ["cluster.hosts.servers[1].cpus:", "0 is out of range", "must be at least 1"],
    ),
    "a disk without a unit": (
        {"servers__0__dataDisk": 8},
        ["cluster.hosts.servers[0].dataDisk:", "8", "512MiB or 4GiB"],
    ),
    "an address of another network": (
        {"servers__0__address": "10.0.0.1"},
        ["cluster.hosts.servers[0].address:", "10.0.0.1", "192.168.64.0/24"],
    ),
    "the gateway's address": (
        {"servers__0__address": "192.168.64.1"},
        ["cluster.hosts.servers[0].address:", "gateway"],
    ),
    "too little memory for the processes": (
        {"servers__0__memory": "1GiB"},
        ["cluster.hosts.servers[0].memory:", "1024 MiB", "lower cluster.heap"],
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_one_line_with_key_value_and_remedy(what):
    changes, parts = REFUSED[what]
    raw = lab(**changes)
    assert_one_line(raw, *parts)
    assert len(problems_of(raw)) == 1


def test_a_missing_provider_is_refused_by_its_key():
    raw = lab()
    del raw["hosts"]["provider"]
    assert_one_line(raw, "cluster.hosts.provider: is missing")


def test_virtual_machines_may_download_their_archive():
    raw = lab()
    raw["artifact"] = {"source": "url", "url": "https://x/a.zip", "sha512": "ab" * 64}
    with pytest.raises(pytest.fail.Exception):
        problems_of(raw)
