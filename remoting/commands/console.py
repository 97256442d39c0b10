"""The command that checks the console from a host."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from remoting.checks.console import (
    DASHBOARD,
    KINDS,
    check_console_lives,
    check_console_login,
    check_dashboard_login,
)
from remoting.commands.arguments import print_json, seconds_argument
from remoting.polling import Deadline

if TYPE_CHECKING:
    import argparse


def add_console_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> tuple[argparse.ArgumentParser, ...]:
    """Add them; each sets `run` and gets `--timeout` from the caller."""
    answers = commands.add_parser("console-answers", help="wait until the console answers")
    answers.add_argument("--url", required=True)
    answers.add_argument("--kind", choices=KINDS, required=True)
    answers.add_argument(
        "--log-in-to", metavar="CLUSTER", help="log in, by a password on standard input"
    )
    answers.add_argument(
        "--request-seconds", type=seconds_argument, help="for one answer; follows from --timeout"
    )
    answers.set_defaults(run=_answers)
    return (answers,)


def _answers(options: argparse.Namespace) -> int:
    deadline = Deadline.after(options.timeout)
    if options.request_seconds:
        deadline = Deadline(deadline.at, options.request_seconds)
    if not options.log_in_to:
        check_console_lives(options.url, options.kind, deadline)
        return print_json({"url": options.url})
    password = sys.stdin.readline().strip()
    if options.kind == DASHBOARD:
        state = check_dashboard_login(options.url, deadline)
    else:
        state = check_console_login(options.url, options.log_in_to, password, deadline)
    return print_json({"url": options.url, "state": state})
