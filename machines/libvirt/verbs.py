"""`python3 -m machines.libvirt VERB`: progress on stderr, one JSON line on stdout."""

import argparse
import sys
from typing import Any

from machines.libvirt.built_image import ensure_built
from machines.libvirt.contents import purge_data_disks, sweep
from machines.libvirt.daemon import IMAGE_PACKAGES, LOCAL_URI, ensure_daemon, ensure_packages
from machines.libvirt.power import ensure_on, shut_down
from machines.libvirt.virsh import Virsh
from machines.shared.owner import claim, release, require_free_or_own, require_sweepable
from machines.shared.places import StackPlace
from machines.shared.spec import STACK_CHECKS, StackSpec, parse_spec
from machines.shared.tool import run_tool

NEEDS_ROOT = frozenset({"ready", "build", "claim", "release", "sweep"})


def main(arguments: list[str]) -> int:
    """Run one verb; a refusal is one line on stderr and exit status 1."""
    chosen = _parser().parse_args(arguments)
    root_for = arguments if chosen.verb in NEEDS_ROOT else None
    return run_tool(
        "machines.libvirt", chosen.verb, lambda: VERBS[chosen.verb](chosen), root_for=root_for
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m machines.libvirt", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="build the image of the lab, if it is not there")
    verbs.add_parser("claim", help="claim a stack on this computer; a spec on stdin")
    verbs.add_parser("release", help="give the claim back; a spec on stdin")
    on_one = argparse.ArgumentParser(add_help=False)
    on_one.add_argument("--uri", default=LOCAL_URI)
    verbs.add_parser("ready", parents=[on_one], help="install libvirt and start it")
    stack = argparse.ArgumentParser(add_help=False, parents=[on_one])
    stack.add_argument("--stack", required=True)
    verbs.add_parser("keep-data", parents=[stack], help="the stack's data disks stay")
    verbs.add_parser("purge-data", parents=[stack], help="remove the stack's data disks")
    swept = verbs.add_parser("sweep", parents=[stack], help="remove all that the stack has")
    swept.add_argument("--force", action="store_true", help="though it is another project's")
    machine = argparse.ArgumentParser(add_help=False, parents=[on_one])
    machine.add_argument("--domain", required=True)
    verbs.add_parser("on", parents=[machine], help="start a virtual machine that is off")
    off = verbs.add_parser("off", parents=[machine], help="shut a virtual machine down in order")
    off.add_argument("--address", required=True)
    off.add_argument("--emulated", action="store_true", help="wait longer")
    return parser


def _build(_: argparse.Namespace) -> dict[str, Any]:
    ensure_packages(IMAGE_PACKAGES)
    return {"image": ensure_built().name}


def _ready(chosen: argparse.Namespace) -> dict[str, Any]:
    ensure_daemon(chosen.uri)
    return {"uri": chosen.uri}


def _claim(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), StackSpec, STACK_CHECKS)
    claim(spec.place, spec.owner)
    return {"claimed": spec.stack}


def _release(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), StackSpec, STACK_CHECKS)
    require_free_or_own(spec.place, spec.owner)
    release(spec.place)
    return {"released": spec.stack}


def _keep_data(chosen: argparse.Namespace) -> dict[str, Any]:
    return {"stack": chosen.stack}


def _purge_data(chosen: argparse.Namespace) -> dict[str, Any]:
    purge_data_disks(Virsh(chosen.uri), chosen.stack)
    return {"purged": chosen.stack}


def _sweep(chosen: argparse.Namespace) -> dict[str, Any]:
    place = StackPlace(stack=chosen.stack)
    require_sweepable(place, force=chosen.force)
    virsh = Virsh(chosen.uri)
    if virsh.answers():
        sweep(virsh, chosen.stack)
    release(place)
    return {"swept": chosen.stack}


def _on(chosen: argparse.Namespace) -> dict[str, Any]:
    ensure_on(Virsh(chosen.uri), chosen.domain)
    return {"on": chosen.domain}


def _off(chosen: argparse.Namespace) -> dict[str, Any]:
    shut_down(Virsh(chosen.uri), chosen.domain, chosen.address, emulated=chosen.emulated)
    return {"off": chosen.domain}


VERBS = {
    "build": _build,
    "claim": _claim,
    "keep-data": _keep_data,
    "off": _off,
    "on": _on,
    "purge-data": _purge_data,
    "ready": _ready,
    "release": _release,
    "sweep": _sweep,
}
