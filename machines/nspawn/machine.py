"""A machine's life: made, started, found running, stopped as by a reboot, removed."""

import sys
import time
from dataclasses import replace
from pathlib import Path

from machines.nspawn.boot import await_ssh, forget_supervisor, start
from machines.nspawn.cgroups import remove_cgroups
from machines.nspawn.disk import (
    mount_disk,
    mounted_at,
    remove_files,
    unmount_disk,
    write_host_files,
)
from machines.nspawn.image import ensure_image
from machines.nspawn.network import connect, disconnect, ensure_bridge, record_network
from machines.nspawn.processes import kill_members, leader_of, supervisor_of
from machines.nspawn.record import MachineRecord, read_machine, write_machine
from machines.nspawn.spec import HostSpec, MachineSpec
from machines.shared.errors import MachinesError
from machines.shared.locks import locked
from machines.shared.owner import require_claimed, require_free_or_own
from machines.shared.places import HostPlace
from system.programs import run


def ensure_machine(spec: MachineSpec) -> MachineRecord:
    """Make the machine exist, run, hold its keys, and greet by SSH; return its record.

    Raises:
        MachinesError: the stack is another's, the machine has another life, or it does not start.

    """
    with locked(spec.place.lock_file, shared=True), locked(spec.host.lock_file):
        require_claimed(spec.place, spec.owner)
        record = _recorded(spec)
        ensure_bridge(spec)
        record_network(spec)
        begun = time.monotonic()
        if _is_up(spec, record):
            _refresh(spec)
        else:
            record = _start(spec, record)
        await_ssh(spec.host, spec.address)
        sys.stderr.write(f"machine {spec.name}: up after {time.monotonic() - begun:.1f} s\n")
        finished = replace(record, boots=record.booting)
        if finished != record:
            write_machine(spec.host.record_file, finished)
        return finished


def remove_machine(spec: HostSpec) -> None:
    """Remove a machine with its data, whatever state an interrupted run left it in.

    Raises:
        MachinesError: the stack belongs to another project.

    """
    with locked(spec.place.lock_file, shared=True), locked(spec.host.lock_file):
        require_free_or_own(spec.place, spec.owner)
        remove_everything(spec.host)
        spec.host.lock_file.unlink(missing_ok=True)


def remove_everything(host: HostPlace) -> None:
    """Stop a machine and remove its files; the caller holds its lock."""
    stop(host)
    remove_files(host)


def stop(host: HostPlace) -> None:
    """End a machine as a reboot of the computer does: only its files stay."""
    kill_members(host.root, host.upper)
    disconnect(host)
    forget_supervisor(host)
    unmount_disk(host)
    remove_cgroups(host.device)


def _recorded(spec: MachineSpec) -> MachineRecord:
    host = spec.host
    record = read_machine(host.record_file)
    if record is None:
        return _begin(spec)
    if record.incarnation != spec.incarnation:
        msg = (
            f"machine {spec.name}: incarnation {record.incarnation} is there, "
            f"{spec.incarnation} is asked for: remove it first"
        )
        raise MachinesError(msg)
    return record


def _begin(spec: MachineSpec) -> MachineRecord:
    """Make a new machine's folder; without a record, what lies there was never a machine."""
    host = spec.host
    image = ensure_image()
    if host.folder.exists():
        remove_everything(host)
    host.folder.mkdir(parents=True)
    host.disk.mkdir(mode=0o700)
    record = MachineRecord(
        incarnation=spec.incarnation,
        boots=0,
        booting=0,
        address=spec.address,
        prefix_length=spec.prefix_length,
        bridge=spec.bridge,
        image=str(image),
    )
    write_machine(host.record_file, record)
    return record


def _is_up(spec: MachineSpec, record: MachineRecord) -> bool:
    wired = (record.address, record.prefix_length, record.bridge)
    return (
        wired == (spec.address, spec.prefix_length, spec.bridge)
        and record.booting > 0
        and supervisor_of(spec.host.root) is not None
        and (Path("/sys/class/net") / spec.bridge / "brif" / spec.host.device).exists()
    )


def _refresh(spec: MachineSpec) -> None:
    """Bring names and keys of a running machine up to date; its services go on."""
    if not mounted_at(spec.host.root):
        msg = (
            f"machine {spec.name}: runs, but {spec.host.root} is not mounted: kill, then up again"
        )
        raise MachinesError(msg)
    if write_host_files(spec):
        supervisor = supervisor_of(spec.host.root)
        leader = None if supervisor is None else leader_of(supervisor, spec.host.upper)
        if leader is None:
            msg = f"machine {spec.name}: ended while its keys were changed: run `make up` again"
            raise MachinesError(msg)
        run("nsenter", f"--target={leader}", "--all", "systemctl", "reload", "ssh")


def _start(spec: MachineSpec, record: MachineRecord) -> MachineRecord:
    host = spec.host
    stop(host)
    record = replace(
        record,
        booting=max(spec.boots, record.boots + 1),
        address=spec.address,
        prefix_length=spec.prefix_length,
        bridge=spec.bridge,
    )
    # Before the start: should this run be killed, the next one knows which start is under way.
    write_machine(host.record_file, record)
    mount_disk(host, Path(record.image))
    write_host_files(spec)
    connect(spec)
    start(host)
    return record
