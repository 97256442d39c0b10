"""Check, for all servers at once and within seconds, that we can log in."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from subprocess import CompletedProcess

from blueprint.hosts.logins import Bastion, Login
from cli.errors import CommandError
from cli.processes import ask_together
from cli.ssh.connection import command_as_root, command_to_bastion, options

SSH_FAILED = 255
TRIES = 3
PAUSE_SECONDS = 1.0
CONNECT_SECONDS = 4
ANSWER_SECONDS = 8
"""With three tries, servers that are gone cost 15 s at most, however many."""

WRONG_KEY = ("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED")
NOT_LET_IN = ("Permission denied", "Too many authentication failures")
NO_FORWARDING = "administratively prohibited"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The result for one server: usable, a problem, or gone."""

    login: Login
    problem: str = ""
    """One line with the server, the cause and the remedy; empty if it is usable."""
    gone: bool = False
    """It answered none of the tries."""


def probe(ssh: tuple[str, ...], logins: Sequence[Login], stack: str) -> tuple[Answer, ...]:
    """Log in to every server and become root; retry those that do not answer.

    Raises:
        CommandError: their bastion cannot be used.

    """
    for bastion in dict.fromkeys(login.bastion for login in logins if login.bastion):
        require_bastion(ssh, bastion, stack)
    answers: dict[str, Answer] = {}
    asked = list(logins)
    for attempt in range(TRIES):
        if not asked:
            break
        time.sleep(PAUSE_SECONDS if attempt else 0)
        commands = [_bounded(command_as_root(_quick(ssh), login, "true")) for login in asked]
        for login, report in zip(asked, ask_together(commands), strict=True):
            answers[login.host] = _judge(login, report, stack)
        asked = [login for login in asked if answers[login.host].gone]
    return tuple(answers[login.host] for login in logins)


def require_bastion(ssh: tuple[str, ...], bastion: Bastion, stack: str) -> None:
    """Raise CommandError unless the bastion lets us in, or at least forwards."""
    command = _bounded((*command_to_bastion(_quick(ssh), bastion), "true"))
    place = f"bastion {bastion.address}"
    for attempt in range(TRIES):
        time.sleep(PAUSE_SECONDS if attempt else 0)
        (report,) = ask_together([command])
        # A bastion that only forwards refuses the command; that is fine.
        if not _ssh_failed(report):
            return
        refusal = _refusal(report)
        if refusal:
            break
    if refusal == "key":
        message = _wrong_key(place, "cluster.hosts.bastion.hostKey", stack)
    elif refusal == "login":
        message = _not_let_in(place, bastion.user, "cluster.hosts.bastion.user")
    else:
        message = (
            f"{place}: no answer by SSH: {_cause(report)}; check that it is up and the port is "
            "correct"
        )
    raise CommandError(message)


def _judge(login: Login, report: CompletedProcess[str], stack: str) -> Answer:
    place = f"{login.host}: {login.address}"
    refusal = _refusal(report)
    line = ""
    if report.returncode and not _ssh_failed(report):
        line = (
            f"{login.host}: user {login.user} may not use sudo without a password; put "
            f"'{login.user} ALL=(ALL) NOPASSWD: ALL' into /etc/sudoers.d/{login.user} there"
        )
    elif refusal == "key":
        line = _wrong_key(place, "its hostKey", stack)
    elif refusal == "login":
        line = _not_let_in(place, login.user, "cluster.hosts.user")
    elif refusal == "forwarding":
        line = (
            f"{place}: the bastion refused to forward; set `AllowTcpForwarding yes` in its "
            "sshd_config"
        )
    elif report.returncode:
        cause = _cause(report)
        line = f"{place}: no answer by SSH on port {login.port}: {cause}; check that it is up"
        return Answer(login=login, problem=line, gone=True)
    return Answer(login=login, problem=line)


def _refusal(report: CompletedProcess[str]) -> str:
    """Return what a server that answered refused: "key", "login", "forwarding" or nothing."""
    if not _ssh_failed(report):
        return ""
    if any(mark in report.stderr for mark in WRONG_KEY):
        return "key"
    if any(mark in report.stderr for mark in NOT_LET_IN):
        return "login"
    return "forwarding" if NO_FORWARDING in report.stderr else ""


def _wrong_key(place: str, setting: str, stack: str) -> str:
    return (
        f"{place} shows another host key than {setting} in the settings; if it was reinstalled, "
        f"take the new key from make hostkeys STACK={stack}; if not, stop: it may be another "
        "machine"
    )


def _not_let_in(place: str, user: str, setting: str) -> str:
    return (
        f"{place} does not let user {user} in with this key; correct {setting}, or add the public "
        f"key to ~{user}/.ssh/authorized_keys there"
    )


def _ssh_failed(report: CompletedProcess[str]) -> bool:
    # 124 and 137 are from `timeout`; a negative status is a signal.
    return report.returncode in {SSH_FAILED, 124, 137} or report.returncode < 0


def _cause(report: CompletedProcess[str]) -> str:
    """Return ssh's most specific error; behind a bastion, its last line is about the tunnel."""
    lines = report.stderr.strip().splitlines()
    specific = [line for line in lines if "open failed" in line or "connect to" in line]
    cause = (specific or lines or [f"nothing within {ANSWER_SECONDS} s"])[-1].strip()
    return cause.rpartition(": ")[2] if specific else cause


def _quick(ssh: tuple[str, ...]) -> tuple[str, ...]:
    # The first value of an option wins. ssh logs why a bastion refuses to forward at INFO.
    quick = options(ConnectTimeout=CONNECT_SECONDS, LogLevel="INFO")
    return (*ssh[:3], *quick, *ssh[3:])


def _bounded(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("timeout", "-k", "1", str(ANSWER_SECONDS), *words)
