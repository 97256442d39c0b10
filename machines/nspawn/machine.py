"""Create, start, refresh, stop and remove a machine."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from machines.nspawn.boot import await_ssh, remove_supervisor_files, start
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
from machines.nspawn.processes import kill_processes, leader_of, supervisor_of
from machines.nspawn.record import MachineRecord, read_machine, write_machine
from machines.nspawn.spec import MachineReference, MachineSpec
from machines.shared.owner import require_claimed, require_free_or_own
from machines.shared.paths import HostPaths
from system.errors import LocalError
from system.locks import locked
from system.programs import run


def ensure_machine(spec: MachineSpec) -> MachineRecord:
    """Make sure that the machine exists, runs, has its keys and answers by SSH; return its record.

    Raises:
        LocalError: the stack has another owner, the machine has another incarnation, or it does
            not start.

    """
    with locked(spec.paths.lock_file, shared=True), locked(spec.host.lock_file):
        require_claimed(spec.paths, spec.owner)
        record = _recorded(spec)
        ensure_bridge(spec)
        record_network(spec)
        begun = time.monotonic()
        if _is_up(spec, record):
            _refresh(spec)
        else:
            record = _start(spec, record)
        await_ssh(spec.host, spec.address)
        sys.stderr.write(f"machine {spec.name}: ready after {time.monotonic() - begun:.1f} s\n")
        finished = replace(record, boots=record.booting)
        if finished != record:
            write_machine(spec.host.record_file, finished)
        return finished


def remove_machine(spec: MachineReference) -> None:
    """Remove a machine with its data, in whatever state an interrupted run left it."""
    with locked(spec.paths.lock_file, shared=True), locked(spec.host.lock_file):
        require_free_or_own(spec.paths, spec.owner)
        remove_everything(spec.host)
        spec.host.lock_file.unlink(missing_ok=True)


def remove_everything(host: HostPaths) -> None:
    """Stop a machine and remove its files; the caller holds its lock."""
    stop(host)
    remove_files(host)


def stop(host: HostPaths) -> None:
    """Stop a machine as a reboot of the computer does: only its files remain."""
    kill_processes(host.root, host.upper)
    disconnect(host)
    remove_supervisor_files(host)
    unmount_disk(host)
    remove_cgroups(host)


def _recorded(spec: MachineSpec) -> MachineRecord:
    host = spec.host
    record = read_machine(host.record_file)
    if record is None:
        return _create(spec)
    if record.incarnation != spec.incarnation:
        msg = (
            f"machine {spec.name}: incarnation {record.incarnation} exists, "
            f"{spec.incarnation} is wanted; remove it first"
        )
        raise LocalError(msg)
    return record


def _create(spec: MachineSpec) -> MachineRecord:
    """Make the folder of a new machine; anything there without a record was never a machine."""
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
        image=str(image),
        **_wiring(spec),
    )
    write_machine(host.record_file, record)
    return record


def _wiring(spec: MachineSpec) -> dict[str, Any]:
    names = ("address", "prefix_length", "bridge")
    return {name: getattr(spec, name) for name in names}


def _is_up(spec: MachineSpec, record: MachineRecord) -> bool:
    return (
        replace(record, **_wiring(spec)) == record
        and record.booting > 0
        and supervisor_of(spec.host.root) is not None
        and (Path("/sys/class/net") / spec.bridge / "brif" / spec.host.device).exists()
    )


def _refresh(spec: MachineSpec) -> None:
    """Update names and keys of a running machine without interrupting its services."""
    if not mounted_at(spec.host.root):
        msg = (
            f"machine {spec.name}: running, but {spec.host.root} is not mounted; "
            f"run `python3 -m machines kill --stack {spec.stack}`, "
            f"then `make up STACK={spec.stack}` again"
        )
        raise LocalError(msg)
    if write_host_files(spec):
        supervisor = supervisor_of(spec.host.root)
        leader = None if supervisor is None else leader_of(supervisor, spec.host.upper)
        if leader is None:
            msg = (
                f"machine {spec.name}: stopped while its keys were updated; "
                f"run `make up STACK={spec.stack}` again"
            )
            raise LocalError(msg)
        run("nsenter", f"--target={leader}", "--all", "systemctl", "reload", "ssh")


def _start(spec: MachineSpec, record: MachineRecord) -> MachineRecord:
    host = spec.host
    stop(host)
    record = replace(record, booting=max(spec.boots, record.boots + 1), **_wiring(spec))
    # Before the start, so that if this run is killed, the next one knows the number of this start.
    write_machine(host.record_file, record)
    mount_disk(host, Path(record.image))
    write_host_files(spec)
    connect(spec)
    start(host)
    return record
