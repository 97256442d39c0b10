"""`python3 -m machines VERB`: a spec on stdin, progress on stderr, one JSON line on stdout."""

import argparse
import json
import os
import sys
import time
from typing import Any

from machines.computer import become_root
from machines.errors import MachinesError
from machines.image import ensure_image
from machines.machine import ensure_machine, remove_machine
from machines.owner import Owner, project_path, require_free_or_own
from machines.places import StackPlace
from machines.spec import HostSpec, MachineSpec, NetworkSpec, StackSpec, parse_spec
from machines.sweep import ensure_network, kill_machines, list_machines, remove_network, sweep

_READING = ("check-owner", "list")


def main(arguments: list[str]) -> int:
    """Run one verb; a refusal is one line on stderr and exit status 1."""
    chosen = _parser().parse_args(arguments)
    # Whoever runs this: a machine's root folder and the records must be readable for all.
    os.umask(0o022)
    try:
        if chosen.verb not in _READING:
            become_root("machines", arguments)
        sys.stdout.write(json.dumps(_VERBS[chosen.verb](chosen), sort_keys=True) + "\n")
    except MachinesError as error:
        sys.stderr.write(f"machines {chosen.verb}: {' '.join(str(error).split())}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"machines {chosen.verb}: {error}: see to it, then run again\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"machines {chosen.verb}: interrupted: run it again to finish\n")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m machines")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("image", help="build the image when its recipe is new")
    for verb in ("network", "machine", "remove", "remove-network"):
        verbs.add_parser(verb, help=f"{verb}: the spec is read from standard input")
    swept = verbs.add_parser("sweep", help="remove everything of a stack")
    swept.add_argument("--force", action="store_true", help="even when another project owns it")
    asked = verbs.add_parser("check-owner", help="fail when another project has the stack")
    asked.add_argument("--token", default="")
    verbs.add_parser("list", help="the stack's machines")
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
    spec = parse_spec(sys.stdin.read(), NetworkSpec)
    ensure_network(spec)
    return {"bridge": spec.bridge, "subnet": str(spec.subnet)}


def _machine(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), MachineSpec)
    record = ensure_machine(spec)
    return {"name": spec.name, "address": record.address, "incarnation": record.incarnation}


def _remove(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), HostSpec)
    remove_machine(spec)
    return {"removed": spec.name}


def _remove_network(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), StackSpec)
    remove_network(spec)
    return {"removed": spec.stack}


def _sweep(chosen: argparse.Namespace) -> dict[str, Any]:
    sweep(StackPlace(stack=chosen.stack), force=chosen.force)
    return {"swept": chosen.stack}


def _check_owner(chosen: argparse.Namespace) -> dict[str, Any]:
    asking = Owner(token=chosen.token, path=project_path())
    claimed = require_free_or_own(StackPlace(stack=chosen.stack), asking)
    return {"stack": chosen.stack, "claimed": claimed is not None}


def _list(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    return list_machines(StackPlace(stack=chosen.stack))


def _kill(chosen: argparse.Namespace) -> dict[str, Any]:
    kill_machines(StackPlace(stack=chosen.stack), chosen.name)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
