"""Only a stack's own objects are removed, and data disks only on explicit request."""

from dataclasses import dataclass, field

import pytest

from machines.libvirt.contents import clear_orphans, purge_data_disks, read_contents, sweep

MARK = "rocketmq-clusters, stack lab"
DATA = "rmq-lab-server1-data.qcow2"
SYSTEM = "rmq-lab-server1-system-0123456789.qcow2"


@dataclass
class FakeVirsh:
    """A hypervisor in memory with the few commands that are used."""

    domains: dict = field(default_factory=dict)  # name: (description, state)
    volumes: dict = field(default_factory=dict)  # pool: {volume: MiB}
    networks: set = field(default_factory=set)

    def names(self, kind):
        return {
            "list": tuple(self.domains),
            "pool-list": tuple(self.volumes),
            "net-list": tuple(self.networks),
        }[kind]

    def ask(self, command, *words):
        return 0, self.run(command, *words)

    def run(self, command, *words):
        return getattr(self, f"_{command.replace('-', '_')}")(*words)

    def _desc(self, name):
        return self.domains[name][0] + "\n"

    def _domstate(self, name):
        return self.domains[name][1] + "\n"

    def _destroy(self, _name):
        return ""

    def _undefine(self, name, *_flags):
        del self.domains[name]
        return ""

    def _pool_start(self, _name):
        return ""

    _pool_refresh = _pool_destroy = _net_destroy = _pool_start

    def _pool_delete(self, name):
        assert not self.volumes[name], "a folder with files in it cannot be removed"
        return ""

    def _pool_undefine(self, name):
        del self.volumes[name]
        return ""

    def _net_undefine(self, name):
        self.networks.remove(name)
        return ""

    def _vol_list(self, pool):
        lines = (f" {name}   /pool/{name}" for name in self.volumes[pool])
        return "\n".join(lines) + "\n"

    def _vol_delete(self, volume, _flag, pool):
        del self.volumes[pool][volume]
        return ""

    def _vol_dumpxml(self, volume, _flag, pool):
        size = self.volumes[pool][volume] << 20
        return f"<volume><capacity unit='bytes'>{size}</capacity></volume>"


@pytest.fixture
def virsh():
    return FakeVirsh(
        domains={
            "rmq-lab-server1": (MARK, "shut off"),
            "rmq-lab-2-server1": ("rocketmq-clusters, stack lab-2", "running"),
            "rmq-lab-by-hand": ("mine", "running"),
            "mine": ("", "running"),
        },
        volumes={"rmq-lab": {DATA: 8192, SYSTEM: 8192}, "default": {"mine.qcow2": 1}},
        networks={"rmq-lab", "default"},
    )


OTHERS = {"rmq-lab-2-server1", "rmq-lab-by-hand", "mine"}


def test_the_domains_and_data_disks_of_a_stack_are_read(virsh):
    found = read_contents(virsh, "lab")
    assert found.domains == {"rmq-lab-server1": "shut off"}
    assert found.data_disks == {DATA: 8192}


def test_a_stack_without_objects_reads_as_empty():
    found = read_contents(FakeVirsh(), "lab")
    assert (found.domains, found.data_disks) == ({}, {})


def test_objects_in_the_state_are_kept(virsh):
    clear_orphans(virsh, "lab", {"rmq-lab", "rmq-lab-server1", SYSTEM})
    assert virsh.domains.keys() == {*OTHERS, "rmq-lab-server1"}
    assert virsh.volumes["rmq-lab"].keys() == {DATA, SYSTEM}


def test_orphans_are_removed_but_not_a_data_disk(virsh):
    clear_orphans(virsh, "lab", {"rmq-lab"})
    assert virsh.domains.keys() == OTHERS
    assert virsh.volumes == {"rmq-lab": {DATA: 8192}, "default": {"mine.qcow2": 1}}
    assert virsh.networks == {"rmq-lab", "default"}


def test_a_pool_and_network_missing_in_the_state_are_removed_but_not_the_folder(virsh):
    clear_orphans(virsh, "lab", set())
    assert virsh.volumes.keys() == {"default"}
    assert virsh.networks == {"default"}


def test_purging_removes_only_the_data_disks(virsh):
    purge_data_disks(virsh, "lab")
    assert virsh.volumes["rmq-lab"].keys() == {SYSTEM}


def test_a_sweep_removes_everything_of_the_stack_and_nothing_of_others(virsh):
    sweep(virsh, "lab")
    sweep(virsh, "lab")
    assert virsh.domains.keys() == OTHERS
    assert virsh.volumes == {"default": {"mine.qcow2": 1}}
    assert virsh.networks == {"default"}
