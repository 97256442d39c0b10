"""What a stack has on a hypervisor, and what of it is removed when."""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Collection
from dataclasses import dataclass

from blueprint.hosts.names import DATA_SUFFIX, stack_description, stack_name
from machines.libvirt.virsh import Virsh

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """States of domains, as virsh prints them, by name; sizes of data disks in MiB, by volume."""

    domains: dict[str, str]
    data_disks: dict[str, int]


def read_contents(virsh: Virsh, stack: str) -> Contents:
    """Return the domains and data disks of a stack."""
    return Contents(
        domains={name: virsh.run("domstate", name).strip() for name in _domains(virsh, stack)},
        data_disks={
            volume: _capacity_mib(virsh, stack_name(stack), volume)
            for volume in _volumes(virsh, stack_name(stack))
            if volume.endswith(DATA_SUFFIX)
        },
    )


def purge_data_disks(virsh: Virsh, stack: str) -> None:
    """Remove the data disks of a stack; its virtual machines must be gone."""
    pool = stack_name(stack)
    for volume in _volumes(virsh, pool):
        if volume.endswith(DATA_SUFFIX):
            virsh.run("vol-delete", volume, "--pool", pool)
            sys.stderr.write(f"data disk {volume}: removed\n")


def clear_orphans(virsh: Virsh, stack: str, known: Collection[str]) -> None:
    """Remove what a failed or killed run left that is not in the state; never a data disk.

    `known` are the names of all domains, volumes, networks and pools in the state. The caller has
    checked that the stack belongs to this project.

    """
    name = stack_name(stack)
    for domain in _domains(virsh, stack):
        if domain not in known:
            _remove_domain(virsh, domain)
    for volume in _volumes(virsh, name):
        if volume not in known and not volume.endswith(DATA_SUFFIX):
            virsh.run("vol-delete", volume, "--pool", name)
            sys.stderr.write(f"volume {volume}: removed, left by an interrupted run\n")
    if name not in known:
        # The pool's folder stays: it may hold data disks.
        _forget_pool(virsh, name)
        _remove_network(virsh, name)


def sweep(virsh: Virsh, stack: str) -> None:
    """Remove everything of a stack, data disks included."""
    name = stack_name(stack)
    for domain in _domains(virsh, stack):
        _remove_domain(virsh, domain)
    for volume in _volumes(virsh, name):
        virsh.run("vol-delete", volume, "--pool", name)
    _forget_pool(virsh, name, "pool-delete")
    _remove_network(virsh, name)


def _remove_domain(virsh: Virsh, domain: str) -> None:
    virsh.ask("destroy", domain)
    virsh.run("undefine", domain, "--nvram", "--managed-save", "--snapshots-metadata")
    sys.stderr.write(f"domain {domain}: removed, left by an interrupted run\n")


def _forget_pool(virsh: Virsh, name: str, *between: str) -> None:
    if name in virsh.names("pool-list"):
        for command in ("pool-destroy", *between):
            virsh.ask(command, name)
        virsh.run("pool-undefine", name)
        sys.stderr.write(f"pool {name}: removed, left by an interrupted run\n")


def _remove_network(virsh: Virsh, name: str) -> None:
    if name in virsh.names("net-list"):
        virsh.ask("net-destroy", name)
        virsh.run("net-undefine", name)
        sys.stderr.write(f"network {name}: removed, left by an interrupted run\n")


def _domains(virsh: Virsh, stack: str) -> tuple[str, ...]:
    """Return the stack's domains, recognized by their descriptions."""
    mark = stack_description(stack)
    names = (name for name in virsh.names("list") if name.startswith(f"{stack_name(stack)}-"))
    return tuple(name for name in names if virsh.ask("desc", name)[1].strip() == mark)


def _volumes(virsh: Virsh, pool: str) -> tuple[str, ...]:
    """Return the volumes of a pool; empty if there is no such pool."""
    if pool not in virsh.names("pool-list"):
        return ()
    virsh.ask("pool-start", pool)
    virsh.run("pool-refresh", pool)
    lines = virsh.run("vol-list", pool).splitlines()
    return tuple(line.split()[0] for line in lines if line.strip())


def _capacity_mib(virsh: Virsh, pool: str, volume: str) -> int:
    found = ET.fromstring(virsh.run("vol-dumpxml", volume, "--pool", pool))  # noqa: S314 (printed by libvirt)
    return int(found.findtext("capacity", "0")) // MIB
