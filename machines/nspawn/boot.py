"""Start a machine that outlives the run which started it, and wait for its sshd."""

import shutil
import time
from pathlib import Path

from machines.nspawn.cgroups import has_unified_cgroups, make_cgroups, runs_systemd
from machines.nspawn.disk import mounted_at
from machines.nspawn.processes import supervisor_of
from machines.shared.paths import HostPaths
from machines.shared.ssh import sshd_answers
from system.errors import LocalError
from system.programs import launch, run

START_SECONDS = 60.0
BANNER_SECONDS = 2.0
_CONSOLE_LINES = 5
_GONE_SECONDS = 3.0
_NSPAWN_RUN = Path("/run/systemd/nspawn")


def nspawn_command(host: HostPaths) -> list[str]:
    """Return the command that boots a machine from its mounted disk in its network namespace."""
    return [
        "systemd-nspawn",
        "--quiet",
        "--boot",
        f"--directory={host.root}",
        f"--machine={host.device}",
        f"--hostname={host.name}",
        f"--network-namespace-path={host.namespace_file}",
        "--settings=no",
        "--register=no",
        "--keep-unit",
        "--link-journal=no",
        "--resolv-conf=off",
        "--timezone=off",
        "--console=pipe",
    ]


def start(host: HostPaths) -> None:
    """Start a machine's systemd-nspawn, in a transient unit or else in a session of its own."""
    environment = {} if has_unified_cgroups() else {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"}
    command = nspawn_command(host)
    host.console_log.write_bytes(b"")
    if runs_systemd():
        run(*_unit_command(host, environment), *command)
    else:
        groups = [str(group / "cgroup.procs") for group in make_cgroups(host.device)]
        # With --keep-unit, systemd-nspawn uses the cgroups that it is started in.
        script = 'while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift; exec "$@"'
        launch(
            ["/bin/sh", "-euc", script, "sh", *groups, "--", *command],
            host.console_log,
            environment,
        )


def _unit_command(host: HostPaths, environment: dict[str, str]) -> list[str]:
    # systemd may not have unloaded the unit of the last start yet, so names are never reused.
    return [
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={host.device}-{time.time_ns()}",
        "--property=Delegate=yes",
        "--property=KillMode=mixed",
        "--property=TasksMax=16384",
        f"--property=StandardOutput=append:{host.console_log}",
        f"--property=StandardError=append:{host.console_log}",
        *(f"--setenv={name}={value}" for name, value in environment.items()),
    ]


def remove_supervisor_files(host: HostPaths) -> None:
    """Remove what a killed systemd-nspawn left in /run, with its lock on a disk still mounted."""
    for folder in ("propagate", "unix-export"):
        shutil.rmtree(_NSPAWN_RUN / folder / host.device, ignore_errors=True)
    if mounted_at(host.root):
        root = host.root.stat()
        (_NSPAWN_RUN / "locks" / f"inode-{root.st_dev}:{root.st_ino}").unlink(missing_ok=True)


def await_ssh(host: HostPaths, address: str, wait_seconds: float = START_SECONDS) -> None:
    """Wait until the machine's sshd answers.

    Raises:
        LocalError: no answer in time, or the machine stopped; with its console's last lines.

    """
    last_seen = time.monotonic()
    deadline = last_seen + wait_seconds
    while not sshd_answers(address, BANNER_SECONDS):
        now = time.monotonic()
        running = supervisor_of(host.root) is not None
        last_seen = now if running else last_seen
        if now > deadline or now > last_seen + _GONE_SECONDS:
            cause = "its sshd does not answer" if running else "its systemd-nspawn has exited"
            msg = f"machine {host.name} ({address}): {cause}: {console_tail(host)}"
            raise LocalError(msg)
        time.sleep(0.05)


def console_tail(host: HostPaths) -> str:
    """Return the last lines of a machine's console, joined to one line."""
    try:
        lines = host.console_log.read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return "its console.log is missing"
    shown = [line.strip() for line in lines if line.strip()][-_CONSOLE_LINES:]
    return " | ".join(shown) or f"{host.console_log} is empty"
