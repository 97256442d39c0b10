"""Inspect and change a stack's virtual machines with virsh, without Pulumi."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

URI = "qemu:///system"
PID_FILES = (Path("/run/libvirtd.pid"), Path("/run/virtlogd.pid"))
ENDED_SECONDS = 20


def virsh(*words: str, check: bool = True) -> str:
    done = subprocess.run(
        ["virsh", "-q", "-c", URI, *words], capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def leftovers_of(stack: str) -> list[str]:
    """Return every domain, pool, volume, network, bridge and disk file of a stack."""
    name = f"rmq-{stack}"
    found = [
        f"{kind}: {entry}"
        for kind in ("list", "pool-list", "net-list")
        for entry in virsh(kind, "--all", "--name").split()
        if entry == name or entry.startswith(f"{name}-")
    ]
    found += [str(file) for file in Path("/var/lib/libvirt/images").glob(f"{name}*")]
    found += [str(file) for file in Path("/var/lib/libvirt/dnsmasq").glob(f"{name}.*")]
    found += [str(file) for file in Path("/sys/class/net").glob(name)]
    claimed = Path("/var/lib/rocketmq-pulumi") / stack
    return found + ([str(claimed)] if claimed.exists() else [])


def daemon_runs() -> bool:
    return PID_FILES[0].exists() and Path(f"/proc/{PID_FILES[0].read_text().strip()}").exists()


def stop_daemons() -> None:
    """Stop the daemons that a test started, once nothing uses them."""
    for file in PID_FILES:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            pid = int(file.read_text())
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + ENDED_SECONDS
            while Path(f"/proc/{pid}").exists():
                assert time.monotonic() < deadline, f"{file}: {pid} does not exit"
                time.sleep(0.1)
