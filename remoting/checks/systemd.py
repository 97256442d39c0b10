"""Check that a process's unit is active."""

from __future__ import annotations

import shutil
import subprocess
from functools import partial

from remoting.checks.steps import UNIT, Step
from remoting.errors import NotYetError
from remoting.polling import Check, poll

_SYSTEMCTL_SECONDS = 10
_STOPPED = ("inactive", "failed")


def unit_step(unit: str) -> Step:
    """Return the check that systemd runs a unit and starts it at boot."""
    check = Check(UNIT, unit, f"`systemctl status {unit}`")

    def active(seconds: float) -> str:
        unit_state = _unit_state(unit, check, max(seconds, _SYSTEMCTL_SECONDS))
        state, pid = unit_state.get("ActiveState", "unknown"), unit_state.get("MainPID", "0")
        if state == "active" and unit_state.get("UnitFileState", "enabled") != "enabled":
            disabled = NotYetError(f"the unit runs, but is {unit_state['UnitFileState']}")
            raise check.failure(disabled)
        if state == "active" and pid != "0":
            return f"pid {pid}"
        stopped = NotYetError(f"the unit is {state} with main pid {pid}")
        # While a host boots, a unit that will be started has a job; without one it stays stopped.
        if state in _STOPPED and unit_state.get("Job", "0") in {"", "0"}:
            raise check.failure(stopped)
        raise stopped

    return Step(UNIT, partial(poll, active, check))


def _unit_state(unit: str, check: Check, seconds: float) -> dict[str, str]:
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        raise check.failure(NotYetError("this host has no systemctl"))
    command = [systemctl, "show", "--property=ActiveState,MainPID,Job,UnitFileState", "--", unit]
    try:
        shown = subprocess.run(  # noqa: S603 -- an argument list, no shell
            command, capture_output=True, text=True, check=True, timeout=seconds
        ).stdout
    except subprocess.CalledProcessError as error:
        cause = f"systemctl: {error.stderr.strip()}"
        raise NotYetError(cause) from error
    except subprocess.TimeoutExpired as error:
        cause = f"systemctl does not answer within {seconds:.0f} s"
        raise NotYetError(cause) from error
    return dict(line.partition("=")[::2] for line in shown.splitlines())
