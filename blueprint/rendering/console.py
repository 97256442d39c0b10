"""Every text of the console that lands on its host."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import PLAN, PROGRAMS, REMOTING, VERIFICATION
from blueprint.plan.processes import ConsoleSpec
from blueprint.rendering.processes import JAVA
from blueprint.rendering.scripts import digest_of, frame, join_words, patience_with, render_fetch
from blueprint.rendering.templates import render
from blueprint.settings.console import ConsoleKind

UPLOAD = "console-upload"
"""The resource that uploads a console's program."""

EVERY_SECONDS = 2

EVERY_SECONDS_EMULATED = 10
"""Emulated brokers, and the console itself, have no processor's time for more."""

REQUEST_SECONDS = 1.5
"""For one answer of a process: a hung one is shown before the page is asked twice more."""


def render_console_configuration(cluster: ClusterSpec, console: ConsoleSpec) -> str:
    """Return the JSON that `console.configuration` reads."""
    host = console.host
    said = {
        "listen": console.address,
        "scheme": cluster.scheme.value,
        "version": cluster.version,
        "plan": str(PLAN),
        "login": str(console.login_file),
        "verification": str(VERIFICATION),
        "everySeconds": EVERY_SECONDS_EMULATED if host.emulated else EVERY_SECONDS,
        "requestSeconds": host.request_seconds if host.emulated else REQUEST_SECONDS,
    }
    return json.dumps(said, indent=2) + "\n"


def program_path(console: ConsoleSpec, program: Archive) -> str:
    """Return where a console's program is; another program is at another path."""
    suffix = "jar" if console.console_kind is ConsoleKind.DASHBOARD else "pyz"
    return str(PROGRAMS / f"{program.sha512[:16]}.{suffix}")


def render_console_command(cluster: ClusterSpec, console: ConsoleSpec, program: Archive) -> str:
    """Return what the unit starts."""
    path = program_path(console, program)
    if console.console_kind is ConsoleKind.BUILTIN:
        return join_words("/usr/bin/python3", "-I", path, "--config", str(console.paths.conf_file))
    return join_words(
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
        # What the jar itself says of this list would come before the line above.
        f"--rocketmq.config.namesrvAddrs[0]={cluster.name_server_list}",
        "--rocketmq.config.loginRequired=true",
        f"--rocketmq.config.dataPath={console.paths.conf_directory}",
        # Only whether it lives: the rest would be open to whoever finds the port.
        "--management.endpoints.web.exposure.include=health",
    )


def render_console_unit(cluster: ClusterSpec, console: ConsoleSpec, program: Archive) -> str:
    """Return the systemd unit."""
    return render(
        "console.service.j2",
        builtin=console.console_kind is ConsoleKind.BUILTIN,
        documentation=console.paths.conf_directory,
        command=render_console_command(cluster, console, program),
        memory_mib=console.memory.total_mib,
        writable=console.paths.user_home,
    )


def render_console_program(console: ConsoleSpec, program: Archive) -> str:
    """Return what puts the program in its place, in a form that starts fast."""
    body = render(
        "scripts/console-program.sh.j2",
        builtin=console.console_kind is ConsoleKind.BUILTIN,
        programs=str(PROGRAMS),
        path=program_path(console, program),
        fetch=render_fetch(program, UPLOAD, "cluster.console.jar"),
    )
    return frame("console-program", console.host, body)


def render_console_service(
    console: ConsoleSpec, program: Archive, files: Sequence[str], timeout_seconds: int
) -> str:
    """Return what has the console run with the present files, and waits until it answers.

    Args:
        console: the console.
        program: what it runs.
        files: what each of its file resources printed; a change of any is a reason to look.
        timeout_seconds: how long it may take to answer.

    """
    paths = console.paths
    body = render(
        "scripts/console.sh.j2",
        paths=paths,
        read=" ".join(map(str, (PLAN, paths.conf_file, console.login_file, paths.unit_file))),
        programs=str(PROGRAMS),
        program=program_path(console, program),
        patience=patience_with(console.host),
        files=digest_of(files),
        check=_check(console, timeout_seconds),
        remoting=str(REMOTING),
    )
    return frame("console", console.host, body)


def render_console_check(
    cluster: ClusterSpec, console: ConsoleSpec, host: HostSpec, password: str, before: str
) -> str:
    """Return what logs in from a host, as a person would; it holds the password.

    Args:
        cluster: whose console it is.
        console: the console.
        host: the one that asks.
        password: that of the login.
        before: what was made before; a change of it is a reason to look again.

    """
    body = render(
        "scripts/console-check.sh.j2",
        check=_check(console, host.startup_seconds, cluster.name),
        password=password,
        remoting=str(REMOTING),
        before=digest_of([before]),
    )
    return frame("console-check", host, body)


def _check(console: ConsoleSpec, timeout_seconds: int, cluster: str = "") -> str:
    words = ["console-answers", "--url", console.url, "--kind", console.console_kind.value]
    words += ["--timeout", str(timeout_seconds)]
    return join_words(*words, *(["--log-in-to", cluster] if cluster else []))


USER = "admin"

MAKE_LOGIN = """\
set -eu
random() { head -c "$1" /dev/urandom; }
random 16 | base32 | tr -d = | tr A-Z a-z
random 16 | base64
"""
"""Prints 26 letters and digits, 128 bits, then the salt of their hash."""

N, R, P, LENGTH = 8192, 8, 1, 32
"""Of scrypt: 8 MiB and some hundredths of a second for each guess."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Password:
    """The password, and the salt by which its hash is always the same."""

    text: str
    salt: bytes


def parse_password(printed: str) -> Password:
    """Return what `MAKE_LOGIN` printed.

    Raises:
        ValueError: the text is something else; it is not repeated.

    """
    words = printed.split()
    if len(words) != 2 or not words[0].isalnum():  # noqa: PLR2004 (password and salt)
        message = "no password was printed; are base32 and base64 of coreutils installed?"
        raise ValueError(message)
    text, salt = words
    return Password(text=text, salt=base64.b64decode(salt))


def render_login(console: ConsoleSpec, password: Password) -> str:
    """Return the file by which a console checks logins.

    A dashboard compares with the password itself, so its file holds it in clear.
    """
    if console.console_kind is ConsoleKind.DASHBOARD:
        return f"{USER}={password.text},1\n"
    found = hashlib.scrypt(password.text.encode(), salt=password.salt, n=N, r=R, p=P, dklen=LENGTH)
    salt, digest = (base64.b64encode(part).decode() for part in (password.salt, found))
    return f"scrypt${N}${R}${P}${salt}${digest}\n"
