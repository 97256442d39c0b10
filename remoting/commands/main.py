"""The commands of `remoting.pyz`: arguments in, one JSON line or one error line out."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from remoting.checks.console import (
    DASHBOARD,
    KINDS,
    check_console_answers,
    check_console_login,
    check_dashboard_login,
)
from remoting.checks.processes import wait_until_ready
from remoting.errors import (
    AddressError,
    CheckFailedError,
    RemotingError,
    SlaveAheadError,
    StillAheadError,
)
from remoting.plan.plan import read_plan
from remoting.polling import Deadline
from remoting.protocol.connection import REQUEST_TIMEOUT_SECONDS, Connection, split_address
from remoting.replication.degrading_guard import DegradingGuard
from remoting.replication.guard import Guard
from remoting.requests.admin import broker_config, cluster_info, ha_status
from remoting.requests.messages import read_topic
from remoting.verification.report import render_causes, render_report, render_report_table
from remoting.verification.run import verify_host

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXIT_OK, EXIT_FAILED, EXIT_AHEAD = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 success, 1 failure, 2 usage, 3 slave ahead."""
    options = argument_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SlaveAheadError, StillAheadError) as error:
        sys.stderr.write(f"{options.command}: {error}\n")
        return EXIT_AHEAD
    except (RemotingError, OSError) as error:
        # A failed check names itself.
        named = "" if isinstance(error, CheckFailedError) else f"{options.command}: "
        sys.stderr.write(f"{named}{error}\n")
        return EXIT_FAILED


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each sets `run`."""
    parser = argparse.ArgumentParser(prog="remoting", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_checks(commands)
    _add_tools(commands)
    return parser


def _add_checks(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ready = commands.add_parser("ready", help="wait for a process, as its step of an update does")
    _add_plan(ready)
    ready.add_argument("--process", required=True, help="its name in the plan")
    ready.add_argument(
        "--restarted", action="store_true", help="also wait for the rest of its group"
    )
    ready.set_defaults(run=_ready)
    verify = commands.add_parser("verify", help="check every process of a host")
    _add_plan(verify)
    verify.add_argument("--host", required=True)
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=_verify)
    for command in (ready, verify):
        command.add_argument("--no-units", action="store_true", help="do not ask systemd")
    console = commands.add_parser("console-answers", help="wait until the console answers")
    console.add_argument("--url", required=True)
    console.add_argument("--kind", choices=KINDS, required=True)
    console.add_argument(
        "--log-in-to", metavar="CLUSTER", help="log in, by a password on standard input"
    )
    console.add_argument(
        "--request-seconds", type=_seconds, help="for one answer; follows from --timeout"
    )
    console.set_defaults(run=_console_answers)
    for command in (ready, verify, console):
        command.add_argument("--timeout", type=_seconds, default=60.0, help="in seconds")
    guard = commands.add_parser("guard", help="lift a master's drain once its slaves are in sync")
    _add_plan(guard)
    guard.add_argument("--broker", required=True, help="the master's name in the plan")
    guard.add_argument("--state", type=Path, required=True, help="file for the decision")
    guard.add_argument("--request-seconds", type=_seconds, default=REQUEST_TIMEOUT_SECONDS)
    guard.set_defaults(run=_guard)


def _add_plan(command: argparse.ArgumentParser) -> None:
    command.add_argument("--plan", type=Path, required=True)


def _add_tools(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    # A broker with access control returns its passwords in clear text.
    questions: dict[str, Callable[[Connection], object]] = {
        "config": lambda broker: _without_secrets(broker_config(broker)),
        "ha-status": lambda broker: asdict(ha_status(broker)),
        "cluster": lambda server: {k: asdict(one) for k, one in cluster_info(server).items()},
    }
    for name, ask in questions.items():
        command = commands.add_parser(name, help=f"print what {name} reports")
        command.add_argument("--address", required=True, type=_address)
        command.set_defaults(run=partial(_print_answer, ask))
    count = commands.add_parser("count", help="count a topic's messages on one broker")
    count.add_argument("--broker-address", required=True, type=_address)
    count.add_argument("--topic", required=True)
    count.set_defaults(run=_count)


def _address(text: str) -> str:
    try:
        split_address(text)
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        message = f"{text} is not a positive number of seconds"
        raise argparse.ArgumentTypeError(message)
    return seconds


def _print_json(value: object) -> int:
    """Print one line of JSON and return the exit code of success."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
    return EXIT_OK


def _ready(options: argparse.Namespace) -> int:
    found = wait_until_ready(
        read_plan(options.plan),
        options.process,
        options.timeout,
        restarted=options.restarted,
        check_units=not options.no_units,
    )
    return _print_json({"process": options.process, "checks": found})


def _guard(options: argparse.Namespace) -> int:
    def report(line: str) -> None:
        sys.stderr.write(f"guard of {options.broker}: {line}\n")
        sys.stderr.flush()

    plan = read_plan(options.plan)
    master = plan.master_named(options.broker)
    slaves = tuple(slave.address for slave in plan.slaves_of(master))
    kind = Guard if master.slave_required else DegradingGuard
    guard = kind(
        master.address, slaves, master.permission, options.state, report, options.request_seconds
    )
    lifted = guard.run()
    return _print_json({"state": lifted.state, "master": lifted.master, "slave": lifted.slave})


def _console_answers(options: argparse.Namespace) -> int:
    deadline = Deadline.after(options.timeout)
    if options.request_seconds:
        deadline = Deadline(deadline.at, options.request_seconds)
    if not options.log_in_to:
        check_console_answers(options.url, options.kind, deadline)
        return _print_json({"url": options.url})
    password = sys.stdin.readline().strip()
    if options.kind == DASHBOARD:
        state = check_dashboard_login(options.url, deadline)
    else:
        state = check_console_login(options.url, options.log_in_to, password, deadline)
    return _print_json({"url": options.url, "state": state})


def _verify(options: argparse.Namespace) -> int:
    plan, deadline = read_plan(options.plan), Deadline.after(options.timeout)
    report = verify_host(plan, options.host, deadline, check_units=not options.no_units)
    if options.json:
        # People then read stderr, where scripts fold long lines.
        sys.stderr.write(render_report_table(report))
        sys.stdout.write(render_report(report))
    else:
        sys.stdout.write(render_report_table(report))
    sys.stdout.flush()
    sys.stderr.write(render_causes(report))
    return EXIT_OK if report.ok else EXIT_FAILED


def _print_answer(ask: Callable[[Connection], object], options: argparse.Namespace) -> int:
    with Connection(options.address) as connection:
        return _print_json(ask(connection))


def _without_secrets(config: dict[str, str]) -> dict[str, str]:
    secret = ("credential", "initauthenticationuser", "password", "secret")
    hidden = {key for key in config if any(word in key.lower() for word in secret)}
    return {key: "***" if key in hidden and config[key] else config[key] for key in config}


def _count(options: argparse.Namespace) -> int:
    with Connection(options.broker_address) as connection:
        messages = list(read_topic(connection, options.topic))
    listed = [
        {"msgId": one.unique_key, "sha256": hashlib.sha256(one.body).hexdigest()[:16]}
        for one in messages
    ]
    return _print_json({"count": len(listed), "messages": listed})
