import re

import pytest

from machines.shared.paths import StackPaths, fixed_mac
from system.errors import LocalError


def test_device_names_fit_the_kernel_and_differ_by_stack_and_host():
    stacks = ("dev", "prod", "a-stack-with-a-name-that-no-device-could-have")
    devices = {StackPaths(stack=s).host(h).device for s in stacks for h in ("server1", "server2")}
    assert len(devices) == 6
    assert all(re.fullmatch(r"rmq-[0-9a-f]{10}", device) for device in devices)


def test_locks_of_a_stack_and_its_hosts_are_different_files(paths):
    locks = {paths.lock_file, paths.host("server1").lock_file, paths.host("server2").lock_file}
    assert len(locks) == 3


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-a", "a b", "x" * 101])
def test_stack_name_that_is_not_a_folder_name_is_refused(name):
    with pytest.raises(LocalError, match="stack "):
        StackPaths(stack=name)


@pytest.mark.parametrize("name", ["", "Server1", "a_b", "-a", "a-", "../x", "x" * 64])
def test_machine_name_that_is_not_a_host_name_is_refused(paths, name):
    with pytest.raises(LocalError, match="machine "):
        paths.host(name)


def test_mac_address_is_local_unicast_and_stable():
    assert fixed_mac("10.0.0.1") == fixed_mac("10.0.0.1")
    assert fixed_mac("10.0.0.1") != fixed_mac("10.0.0.2")
    assert re.fullmatch(r"02(:[0-9a-f]{2}){5}", fixed_mac("10.0.0.1"))
