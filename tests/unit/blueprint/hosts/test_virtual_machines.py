"""Names, addresses and cloud-init files of virtual machines."""

import json
import re

import pytest

from blueprint.hosts.images import Image
from blueprint.hosts.virtual_machines import (
    plan_virtual_hosts,
    render_meta_data,
    render_network_config,
    render_user_data,
)
from blueprint.settings.hosts import LibvirtHostsSettings

IMAGE = Image(digest="a" * 16, sha512=None, url=None, path=None)
OTHER = Image(digest="b" * 16, sha512=None, url=None, path=None)


def settings(**changes):
    servers = [
        {"name": f"server{n}", "address": f"192.168.64.{150 + n}", "memory": "3GiB"}
        for n in (1, 2)
    ]
    return LibvirtHostsSettings.model_validate(
        {"provider": "libvirt", "servers": servers, **changes}
    )


def planned(stack="lab", image=IMAGE, **changes):
    return plan_virtual_hosts(settings(**changes), stack, image)


def names_of(spec):
    machines = (
        (machine.domain, machine.system_volume, machine.data_volume) for machine in spec.machines
    )
    return [spec.pool, spec.network, spec.image_volume, *(n for names in machines for n in names)]


def test_every_name_contains_the_stack_and_is_unique():
    names = [name for stack in ("lab", "lab-2") for name in names_of(planned(stack))]
    assert len(set(names)) == len(names) - 2  # a pool and its network have the same name
    assert all(name.startswith("rmq-lab") for name in names)


def test_a_new_image_or_size_replaces_the_system_disk_but_not_the_data_disk():
    first = planned().machines[0]
    for other in (planned(image=OTHER).machines[0], planned(systemDisk="9GiB").machines[0]):
        assert other.system_volume != first.system_volume
        assert other.data_volume == first.data_volume


def test_sizes_are_set_per_server():
    raw = settings().model_dump(mode="json", by_alias=True)["servers"]
    for server, memory in zip(raw, ("4GiB", "3GiB"), strict=True):
        server |= {"memory": memory, "dataDisk": "8GiB"}
    before, after = planned(), planned(servers=raw)
    assert after.machines[0].memory_mib == 4096
    assert after.machines[1] == before.machines[1]


def test_mac_addresses_are_fixed_and_in_qemus_range_as_libvirt_reports_them():
    macs = {machine.mac for stack in ("lab", "other") for machine in planned(stack).machines}
    assert len(macs) == 4
    assert all(re.fullmatch(r"52:54:00(:[0-9A-F]{2}){3}", mac) for mac in macs)
    assert planned().machines[0].mac == planned().machines[0].mac


@pytest.mark.parametrize("stack", ["lab", "a-stack-with-a-very-long-name"])
def test_the_bridges_name_is_short_enough_for_linux(stack):
    assert len(planned(stack).bridge) <= 15


def test_disks_are_where_libvirts_confinement_allows_them():
    assert planned().pool_path == "/var/lib/libvirt/images/rmq-lab"


def test_user_data_holds_only_the_users_key_and_the_host_key():
    text = render_user_data("ssh-ed25519 AAAA login", "PRIVATE\nHALF\n", "ssh-ed25519 BBBB host")
    first, _, rest = text.partition("\n")
    assert first == "#cloud-config"
    data = json.loads(rest)
    assert data.pop("users") == [
        {
            "name": "admin",
            "sudo": "ALL=(ALL) NOPASSWD:ALL",
            "shell": "/bin/bash",
            "lock_passwd": True,
            "ssh_authorized_keys": ["ssh-ed25519 AAAA login"],
        }
    ]
    assert data.pop("ssh_keys") == {
        "ed25519_private": "PRIVATE\nHALF\n",
        "ed25519_public": "ssh-ed25519 BBBB host",
    }
    assert set(data) == {"ssh_deletekeys", "ssh_genkeytypes", "ssh_quiet_keygen"}


def test_new_keys_are_a_new_instance_for_cloud_init():
    machine = planned().machines[0]
    one, two = (json.loads(render_meta_data(machine, keys)) for keys in ("one", "two"))
    assert one["local-hostname"] == two["local-hostname"] == "server1"
    assert one["instance-id"] != two["instance-id"]


def test_the_address_comes_from_dhcp_on_the_only_network_interface():
    machine = planned().machines[0]
    data = json.loads(render_network_config(machine))
    assert data["ethernets"]["card"] == {
        "match": {"macaddress": machine.mac.lower()},
        "dhcp4": True,
    }
