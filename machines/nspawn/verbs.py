"""`python3 -m machines VERB`: a spec on stdin, progress on stderr, one JSON line on stdout."""

import argparse
import sys
import time
from typing import Any

from machines.nspawn.image import ensure_image
from machines.nspawn.machine import ensure_machine, remove_machine
from machines.nspawn.spec import MACHINE_CHECKS, MachineReference, MachineSpec, NetworkSpec
from machines.nspawn.sweep import (
    ensure_network,
    kill_machines,
    list_machines,
    remove_network,
    sweep,
)
from machines.shared.owner import Owner, project_path, require_free_or_own
from machines.shared.paths import StackPaths
from machines.shared.spec import StackSpec, parse_spec
from machines.shared.verb import run_verb

_READING = ("check-owner", "list")


def main(arguments: list[str]) -> int:
    """Run one verb; an error is one line on stderr and exit status 1."""
    chosen = _parser().parse_args(arguments)
    root_for = None if chosen.verb in _READING else arguments
    return run_verb(
        "machines", chosen.verb, lambda: _VERBS[chosen.verb](chosen), root_for=root_for
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m machines")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("image", help="build the image if it is missing")
    for verb in ("network", "machine", "remove", "remove-network"):
        verbs.add_parser(verb, help="reads a spec from standard input")
    swept = verbs.add_parser("sweep", help="remove everything of a stack")
    swept.add_argument("--force", action="store_true", help="even if another project owns it")
    asked = verbs.add_parser("check-owner", help="fail if another project owns the stack")
    asked.add_argument("--token", default="")
    verbs.add_parser("list", help="list the stack's machines")
    killed = verbs.add_parser("kill", help="stop machines as a reboot does")
    killed.add_argument("--name")
    for parsed in (swept, asked, verbs.choices["list"], killed):
        parsed.add_argument("--stack", required=True)
    return parser


def _image(_: argparse.Namespace) -> dict[str, Any]:
    begun = time.monotonic()
    image = ensure_image()
    return {"digest": image.name, "seconds": round(time.monotonic() - begun, 1)}


def _network(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), NetworkSpec, MACHINE_CHECKS)
    ensure_network(spec)
    return {"bridge": spec.bridge, "subnet": str(spec.subnet)}


def _machine(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), MachineSpec, MACHINE_CHECKS)
    record = ensure_machine(spec)
    return {"name": spec.name, "address": record.address, "incarnation": record.incarnation}


def _remove(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), MachineReference, MACHINE_CHECKS)
    remove_machine(spec)
    return {"removed": spec.name}


def _remove_network(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), StackSpec, MACHINE_CHECKS)
    remove_network(spec)
    return {"removed": spec.stack}


def _sweep(chosen: argparse.Namespace) -> dict[str, Any]:
    sweep(StackPaths(stack=chosen.stack), force=chosen.force)
    return {"swept": chosen.stack}


def _check_owner(chosen: argparse.Namespace) -> dict[str, Any]:
    asking = Owner(token=chosen.token, path=project_path())
    claimed = require_free_or_own(StackPaths(stack=chosen.stack), asking)
    return {"stack": chosen.stack, "claimed": claimed is not None}


def _list(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    return list_machines(StackPaths(stack=chosen.stack))


def _kill(chosen: argparse.Namespace) -> dict[str, Any]:
    kill_machines(StackPaths(stack=chosen.stack), chosen.name)
    return {"killed": chosen.name or chosen.stack}


_VERBS = {
    "image": _image,
    "network": _network,
    "machine": _machine,
    "remove": _remove,
    "remove-network": _remove_network,
    "sweep": _sweep,
    "check-owner": _check_owner,
    "list": _list,
    "kill": _kill,
}
