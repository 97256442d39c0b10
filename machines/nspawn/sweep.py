"""What concerns a whole stack: its network made and removed, its machines listed, all swept."""

import contextlib
import sys
from pathlib import Path
from typing import Any

from machines.nspawn.machine import remove_everything, stop
from machines.nspawn.network import (
    ensure_bridge,
    forget_namespaces_folder,
    record_network,
    recorded_bridge,
    remove_link,
    require_free_network,
    warn_of_filter,
)
from machines.nspawn.processes import running_below, supervisor_of
from machines.nspawn.record import read_machine
from machines.nspawn.spec import NetworkSpec
from machines.shared.errors import MachinesError
from machines.shared.locks import locked
from machines.shared.owner import claim, require_free_or_own, require_sweepable
from machines.shared.places import StackPlace
from machines.shared.spec import StackSpec


def ensure_network(spec: NetworkSpec) -> None:
    """Claim the stack on this computer and make its bridge.

    Raises:
        MachinesError: the stack is another project's, or the subnet is in use.

    """
    with locked(spec.place.lock_file):
        require_free_or_own(spec.place, spec.owner)
        require_free_network(spec)
        # The records come first: a bridge of a killed run is then known to a sweep.
        claim(spec.place, spec.owner)
        record_network(spec)
        ensure_bridge(spec)
        warn_of_filter(spec.bridge)


def remove_network(spec: StackSpec) -> None:
    """Remove the stack's bridge, and its folder when no machine is left in it.

    Raises:
        MachinesError: the stack belongs to another project.

    """
    with locked(spec.place.lock_file):
        require_free_or_own(spec.place, spec.owner)
        _remove_bridge(recorded_bridge(spec.place))
        if not spec.place.host_names():
            _remove_folder(spec.place)
            spec.place.lock_file.unlink(missing_ok=True)


def sweep(place: StackPlace, *, force: bool) -> None:
    """Remove everything of a stack: processes, mounts, namespaces, devices and files.

    Raises:
        MachinesError: the stack belongs to another project that still exists.

    """
    with locked(place.lock_file):
        require_sweepable(place, force=force)
        bridge = _bridge_of(place)
        running = running_below(place.hosts_folder)
        for name in sorted({*place.host_names(), *running}):
            host = place.host(name)
            bridge = bridge or _master_of(host.device)
            remove_everything(host)
            host.lock_file.unlink(missing_ok=True)
            sys.stderr.write(f"machine {name}: removed\n")
        _remove_bridge(bridge)
        _remove_folder(place)
        place.lock_file.unlink(missing_ok=True)


def kill_machines(place: StackPlace, name: str | None) -> None:
    """Stop one machine or all of a stack as a reboot of the computer does."""
    with locked(place.lock_file):
        for host_name in place.host_names() if name is None else (name,):
            stop(place.host(host_name))


def list_machines(place: StackPlace) -> list[dict[str, Any]]:
    """Return name, address, running, pid, incarnation and boots of each machine of a stack."""
    rows: list[dict[str, Any]] = []
    for name in place.host_names():
        host = place.host(name)
        record = read_machine(host.record_file)
        pid = supervisor_of(host.root)
        rows.append(
            {
                "name": name,
                "address": None if record is None else record.address,
                "running": pid is not None,
                "pid": pid,
                "incarnation": None if record is None else record.incarnation,
                "boots": None if record is None else record.boots,
            }
        )
    return rows


def _bridge_of(place: StackPlace) -> str | None:
    try:
        return recorded_bridge(place)
    except MachinesError as error:
        sys.stderr.write(f"{error}\n")
        return None


def _master_of(device: str) -> str | None:
    """Return the bridge that a machine's cable goes to, when the records are gone."""
    master = Path("/sys/class/net") / device / "master"
    return master.readlink().name if master.is_symlink() else None


def _remove_bridge(bridge: str | None) -> None:
    # Only what is a bridge now: the name may be another device's since.
    if bridge is not None and (Path("/sys/class/net") / bridge / "bridge").exists():
        remove_link(bridge)


def _remove_folder(place: StackPlace) -> None:
    forget_namespaces_folder()
    if not place.folder.exists():
        return
    # The owner goes last: an interrupted removal is still ours to finish.
    for leftover in sorted(place.folder.iterdir(), key=lambda entry: entry == place.owner_file):
        if leftover.is_dir():
            leftover.rmdir()
        else:
            leftover.unlink()
    place.folder.rmdir()
    parent = place.folder.parent
    with contextlib.suppress(OSError):  # other stacks are in it, or another project's run is
        parent.rmdir()
