"""Root, packages and release of this computer."""

import os
import platform
import re
import shutil
import sys

from machines.shared.paths import ROOT_VARIABLE
from system.errors import LocalError
from system.programs import ask, last_lines
from system.progress import progress

INSTALL_SECONDS = 600.0
ABOUT_SECONDS = 30
_ERROR = "E: "
_LOGIN = re.compile(r"://[^/@\s]*@")
_KEPT_VARIABLES = ("HOME", "XDG_CACHE_HOME", ROOT_VARIABLE, "http_proxy", "https_proxy")


def become_root(module: str, arguments: list[str]) -> None:
    """Return if we are root; otherwise replace this process by the same verb under sudo.

    Raises:
        LocalError: we are not root, and sudo is missing or asks for a password.

    """
    if os.geteuid() == 0:
        return
    if shutil.which("sudo") is None or ask("sudo", "-n", "true")[0] != 0:
        msg = "machines on this computer need root; run as root, or allow sudo without a password"
        raise LocalError(msg)
    kept = [f"{name}={os.environ[name]}" for name in _KEPT_VARIABLES if name in os.environ]
    command = ["sudo", "-n", "env", *kept, sys.executable, "-B", "-m", module, *arguments]
    sys.stdout.flush()
    os.execvp(command[0], command)  # noqa: S606 (an argument list, no shell)


def install_packages(missing: list[str]) -> None:
    """Install Debian packages by name; do nothing if the list is empty.

    Raises:
        LocalError: this computer has no apt-get, or the installation failed.

    """
    if not missing:
        return
    if shutil.which("apt-get") is None:
        msg = f"this computer lacks {', '.join(missing)} and has no apt-get; install them"
        raise LocalError(msg)
    command = (
        *("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes"),
        *("--no-install-recommends", *missing),
    )
    with progress(f"this computer: installing {' '.join(missing)}", ABOUT_SECONDS):
        if ask(*command, timeout_seconds=INSTALL_SECONDS)[0] != 0:
            for words in (("apt-get", "update"), command):
                _require(missing, *ask(*words, timeout_seconds=INSTALL_SECONDS))


def _require(missing: list[str], status: int, output: str) -> None:
    if status:
        msg = (
            f"this computer: cannot install {' '.join(missing)}: apt-get: exit status {status}: "
            f"{apt_cause(output)}; check disk, network and /etc/apt, or install them yourself"
        )
        raise LocalError(msg)


def apt_cause(output: str) -> str:
    """Return the first error that apt reports, from which the others follow, without logins.

    If there is none, it is the last line.
    """
    errors = (line for line in output.splitlines() if line.startswith(_ERROR))
    first = next(errors, "").removeprefix(_ERROR) or last_lines(output, 1)
    return _LOGIN.sub("://", first)


def debian_codename() -> str:
    """Return the codename of the Debian release on this computer, or "" on other systems."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    return release.get("VERSION_CODENAME", "") if release["ID"] == "debian" else ""
