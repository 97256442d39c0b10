"""The commands about clusters whose masters are elected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.arguments import address_argument, joined_addresses, print_json
from remoting.election_checks import (
    check_controller_ready,
    check_group_in_sync,
    check_replica_registered,
)
from remoting.elections import ElectedGroup, GroupWatch
from remoting.plan import CONTROLLER, DLEDGER
from remoting.polling import Deadline

if TYPE_CHECKING:
    import argparse


def add_election_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> tuple[argparse.ArgumentParser, ...]:
    """Add the commands; return those that wait and so take a timeout."""
    ready = commands.add_parser("controller-ready", help="wait until it knows a leader")
    ready.add_argument("--address", required=True, type=address_argument)
    ready.set_defaults(run=_controller_ready)
    registered = commands.add_parser("replica-registered", help="wait until it is listed")
    _add_group(registered)
    registered.add_argument("--address", required=True, type=address_argument)
    registered.add_argument("--nudge", action="store_true", help="make it register at once")
    registered.set_defaults(run=_replica_registered)
    in_sync = commands.add_parser("group-in-sync", help="wait until all hold what the master does")
    _add_group(in_sync)
    in_sync.add_argument("--replica", action="append", required=True, type=address_argument)
    in_sync.add_argument("--election", required=True, choices=(DLEDGER, CONTROLLER))
    in_sync.add_argument("--controller", action="append", default=[], type=address_argument)
    in_sync.set_defaults(run=_group_in_sync, usage_error=in_sync.error)
    return ready, registered, in_sync


def _add_group(command: argparse.ArgumentParser) -> None:
    command.add_argument("--name-servers", required=True, help="addresses, joined by ;")
    command.add_argument("--cluster", required=True)
    command.add_argument("--group", required=True, help="its brokerName")


def _controller_ready(options: argparse.Namespace) -> int:
    leader = check_controller_ready(options.address, Deadline.after(options.timeout))
    return print_json({"address": options.address, "leader": leader})


def _replica_registered(options: argparse.Namespace) -> int:
    name_servers = joined_addresses(options.name_servers)
    group = ElectedGroup(options.cluster, options.group, (options.address,))
    deadline = Deadline.after(options.timeout)
    nudges = check_replica_registered(
        name_servers, group, options.address, deadline, nudge=options.nudge
    )
    return print_json({"group": options.group, "address": options.address, "nudges": nudges})


def _group_in_sync(options: argparse.Namespace) -> int:
    if (options.election == CONTROLLER) != bool(options.controller):
        options.usage_error("--controller goes with --election controller, and only with it")
    name_servers = joined_addresses(options.name_servers)
    group = ElectedGroup(options.cluster, options.group, tuple(options.replica))
    watch = GroupWatch(name_servers, group, tuple(options.controller))
    found = check_group_in_sync(watch, Deadline.after(options.timeout))
    return print_json({"master": found.master, "offsets": dict(found.offsets)})
