"""The console's files, unit and scripts."""

import base64
import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import PLAN, PROGRAMS, VERIFICATION
from blueprint.plan.processes import ConsoleSpec
from blueprint.rendering.processes import JAVA
from blueprint.rendering.scripts import digest_of, render_script, systemctl_seconds
from blueprint.rendering.templates import render
from blueprint.settings.console import ConsoleKind
from remoting.checks.console import USER

UPLOAD = "console-upload"
"""Name of the resource that uploads the console's program."""


def render_console_configuration(cluster: ClusterSpec, console: ConsoleSpec) -> str:
    """Return the JSON that `console.configuration` reads."""
    host = console.host
    configuration = {
        "listen": console.address,
        "scheme": cluster.scheme.value,
        "version": cluster.version,
        "plan": str(PLAN),
        "login": str(console.login_file),
        "verification": str(VERIFICATION),
        # Emulated brokers and consoles cannot keep up with more.
        "everySeconds": 10 if host.emulated else 2,
        # A hung process shows within two refreshes of the page.
        "requestSeconds": host.request_seconds if host.emulated else 1.5,
    }
    return json.dumps(configuration, indent=2) + "\n"


def program_path(console: ConsoleSpec, program: Archive) -> str:
    """Return the path of the console's program, which depends on the program's digest."""
    suffix = "jar" if console.console_kind is ConsoleKind.DASHBOARD else "pyz"
    return str(PROGRAMS / f"{program.sha512[:16]}.{suffix}")


def render_console_command(cluster: ClusterSpec, console: ConsoleSpec, program: Archive) -> str:
    """Return the command that the unit starts."""
    path = program_path(console, program)
    if console.console_kind is ConsoleKind.BUILTIN:
        return f"/usr/bin/python3 -I {path} --config {console.paths.conf_file}"
    words = (
        JAVA,
        f"-Xms{console.memory.heap_mib}m",
        f"-Xmx{console.memory.heap_mib}m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        f"-Duser.home={console.paths.user_home}",
        "-jar",
        path,
        f"--server.port={console.port}",
        f"--rocketmq.config.namesrvAddr={cluster.name_server_list}",
        # The jar's default for this list would take precedence over the option above.
        f"--rocketmq.config.namesrvAddrs[0]={cluster.name_server_list}",
        "--rocketmq.config.loginRequired=true",
        f"--rocketmq.config.dataPath={console.paths.conf_file.parent}",
        # The other endpoints of the actuator need no login.
        "--management.endpoints.web.exposure.include=health",
    )
    return shlex.join(words)


def render_console_unit(cluster: ClusterSpec, console: ConsoleSpec, program: Archive) -> str:
    """Return the systemd unit."""
    return render(
        "console.service.j2",
        builtin=console.console_kind is ConsoleKind.BUILTIN,
        documentation=console.paths.conf_file.parent,
        command=render_console_command(cluster, console, program),
        memory_mib=console.memory.total_mib,
        writable=console.paths.user_home,
    )


def render_console_program(console: ConsoleSpec, program: Archive) -> str:
    """Return the script that installs the program, compiled for a fast start."""
    return render_script(
        "console-program",
        console.host,
        builtin=console.console_kind is ConsoleKind.BUILTIN,
        path=program_path(console, program),
        archive=program,
        upload=UPLOAD,
        key="cluster.console.jar",
    )


def render_console_service(
    console: ConsoleSpec, program: Archive, files: Sequence[str], timeout_seconds: int
) -> str:
    """Return the script that runs the console with its current files and waits for an answer.

    `files` holds the output of each file resource; a change of any runs the script again.
    """
    paths = console.paths
    return render_script(
        "console",
        console.host,
        paths=paths,
        read=" ".join(map(str, (PLAN, paths.conf_file, console.login_file, paths.unit_file))),
        program=program_path(console, program),
        systemctl_seconds=systemctl_seconds(console.host),
        files=digest_of(files),
        check=_check(console, timeout_seconds),
    )


def render_console_check(
    cluster: ClusterSpec, console: ConsoleSpec, host: HostSpec, password: str, before: str
) -> str:
    """Return the script, with the password in it, that logs in to the console from a host.

    `before` is the output of the previous step; a change of it runs the script again.
    """
    return render_script(
        "console-check",
        host,
        check=_check(console, host.startup_seconds, cluster.name),
        password=password,
        before=digest_of([before]),
    )


def _check(console: ConsoleSpec, timeout_seconds: int, cluster: str = "") -> str:
    words = ["console-answers", "--url", console.url, "--kind", console.console_kind.value]
    words += ["--timeout", str(timeout_seconds)]
    return shlex.join(words + (["--log-in-to", cluster] if cluster else []))


MAKE_LOGIN = """\
set -eu
random() { head -c "$1" /dev/urandom; }
random 16 | base32 | tr -d = | tr A-Z a-z
random 16 | base64
"""
"""Prints a password of 26 letters and digits (128 bits), then the salt of its hash."""

N, R, P, LENGTH = 8192, 8, 1, 32
"""Parameters of scrypt: each guess costs 8 MiB and some hundredths of a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Password:
    """The password, and a fixed salt, so that its hash never changes."""

    text: str
    salt: bytes


def parse_password(printed: str) -> Password:
    """Parse the output of `MAKE_LOGIN`; the ValueError for any other text does not repeat it."""
    match printed.split():
        case [text, salt] if text.isalnum():
            return Password(text=text, salt=base64.b64decode(salt))
    message = "no password was printed; are base32 and base64 of coreutils installed?"
    raise ValueError(message)


def render_login(console: ConsoleSpec, password: Password) -> str:
    """Return the file with which a console checks logins.

    A dashboard compares the password itself, so its file holds it in clear.
    """
    if console.console_kind is ConsoleKind.DASHBOARD:
        return f"{USER}={password.text},1\n"
    found = hashlib.scrypt(password.text.encode(), salt=password.salt, n=N, r=R, p=P, dklen=LENGTH)
    salt, digest = (base64.b64encode(part).decode() for part in (password.salt, found))
    return f"scrypt${N}${R}${P}${salt}${digest}\n"
