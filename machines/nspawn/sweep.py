"""Verbs on a whole stack: its network, the list of its machines, the removal of everything."""

import sys
from pathlib import Path
from typing import Any

from machines.nspawn.machine import remove_everything, stop
from machines.nspawn.network import (
    ensure_bridge,
    record_network,
    recorded_bridge,
    remove_link,
    remove_unused_namespaces_folder,
    require_free_network,
    warn_about_firewall,
)
from machines.nspawn.processes import running_below, supervisor_of
from machines.nspawn.record import read_machine
from machines.nspawn.spec import NetworkSpec
from machines.shared.owner import claim, release, require_free_or_own, require_sweepable
from machines.shared.paths import StackPaths
from machines.shared.spec import StackSpec
from system.errors import LocalError
from system.locks import locked


def ensure_network(spec: NetworkSpec) -> None:
    """Claim the stack on this computer and make its bridge."""
    with locked(spec.paths.lock_file):
        require_free_or_own(spec.paths, spec.owner)
        require_free_network(spec)
        # The records come first, so that a sweep finds the bridge of a killed run.
        claim(spec.paths, spec.owner)
        record_network(spec)
        ensure_bridge(spec)
        warn_about_firewall(spec.bridge)


def remove_network(spec: StackSpec) -> None:
    """Remove the stack's bridge, and its folder if no machine is left in it."""
    with locked(spec.paths.lock_file):
        require_free_or_own(spec.paths, spec.owner)
        _remove_bridge(recorded_bridge(spec.paths))
        if not spec.paths.host_names():
            _remove_folder(spec.paths)
            spec.paths.lock_file.unlink(missing_ok=True)


def sweep(paths: StackPaths, *, force: bool) -> None:
    """Remove everything of a stack: processes, mounts, namespaces, devices and files."""
    with locked(paths.lock_file):
        require_sweepable(paths, force=force)
        bridge = _bridge_of(paths)
        running = running_below(paths.hosts_folder)
        for name in sorted({*paths.host_names(), *running}):
            host = paths.host(name)
            bridge = bridge or _master_of(host.device)
            remove_everything(host)
            host.lock_file.unlink(missing_ok=True)
            sys.stderr.write(f"machine {name}: removed\n")
        _remove_bridge(bridge)
        _remove_folder(paths)
        paths.lock_file.unlink(missing_ok=True)


def kill_machines(paths: StackPaths, name: str | None) -> None:
    """Stop one machine, or all machines of a stack, as a reboot of the computer does."""
    with locked(paths.lock_file):
        for host_name in paths.host_names() if name is None else (name,):
            stop(paths.host(host_name))


def list_machines(paths: StackPaths) -> list[dict[str, Any]]:
    """Return name, address, running, pid, incarnation and boots of each machine of a stack."""
    rows: list[dict[str, Any]] = []
    for name in paths.host_names():
        host = paths.host(name)
        record = read_machine(host.record_file)
        pid = supervisor_of(host.root)
        row: dict[str, Any] = {"name": name, "running": pid is not None, "pid": pid}
        for key in ("address", "incarnation", "boots"):
            row[key] = getattr(record, key, None)
        rows.append(row)
    return rows


def _bridge_of(paths: StackPaths) -> str | None:
    try:
        return recorded_bridge(paths)
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return None


def _master_of(device: str) -> str | None:
    """Return the bridge that a machine's veth is attached to, for when the records are gone."""
    master = Path("/sys/class/net") / device / "master"
    return master.readlink().name if master.is_symlink() else None


def _remove_bridge(bridge: str | None) -> None:
    # The name may belong to another device by now.
    if bridge is not None and (Path("/sys/class/net") / bridge / "bridge").exists():
        remove_link(bridge)


def _remove_folder(paths: StackPaths) -> None:
    remove_unused_namespaces_folder()
    # The owner goes last, so that we may still finish an interrupted removal.
    for leftover in paths.folder.glob("*"):
        if leftover.is_file() and leftover != paths.owner_file:
            leftover.unlink()
    release(paths)
