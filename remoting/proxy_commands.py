"""The command that waits for a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.arguments import address_argument, print_json
from remoting.plan import PlannedProxy
from remoting.polling import Deadline
from remoting.proxy_checks import check_proxy_ready

if TYPE_CHECKING:
    import argparse


def add_proxy_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> tuple[argparse.ArgumentParser, ...]:
    """Add `proxy-ready`."""
    ready = commands.add_parser("proxy-ready", help="wait until a proxy serves")
    ready.add_argument("--address", required=True, type=address_argument, help="for gRPC")
    ready.add_argument("--remoting-address", required=True, type=address_argument)
    ready.add_argument("--cluster", required=True)
    ready.set_defaults(run=_proxy_ready)
    return (ready,)


def _proxy_ready(options: argparse.Namespace) -> int:
    proxy = PlannedProxy("", "", options.address, options.remoting_address, "", "")
    groups = check_proxy_ready(proxy, options.cluster, Deadline.after(options.timeout))
    return print_json({"address": options.address, "groups": groups})
