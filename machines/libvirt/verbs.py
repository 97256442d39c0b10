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
from machines.shared.paths import StackPaths
from machines.shared.spec import STACK_CHECKS, StackSpec, parse_spec
from machines.shared.verb import run_verb

NEEDS_ROOT = frozenset({"ready", "build", "claim", "release", "sweep"})


def main(arguments: list[str]) -> int:
    """Run one verb; an error is one line on stderr and exit status 1."""
    chosen = _parser().parse_args(arguments)
    root_for = arguments if chosen.verb in NEEDS_ROOT else None
    return run_verb(
        "machines.libvirt", chosen.verb, lambda: VERBS[chosen.verb](chosen), root_for=root_for
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m machines.libvirt", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="build the lab's image if it is missing")
    verbs.add_parser("claim", help="claim a stack on this computer; reads a spec from stdin")
    verbs.add_parser("release", help="release the claim; reads a spec from stdin")
    on_one = argparse.ArgumentParser(add_help=False)
    on_one.add_argument("--uri", default=LOCAL_URI)
    verbs.add_parser("ready", parents=[on_one], help="install libvirt and start it")
    stack = argparse.ArgumentParser(add_help=False, parents=[on_one])
    stack.add_argument("--stack", required=True)
    verbs.add_parser("keep-data", parents=[stack], help="keep the stack's data disks")
    verbs.add_parser("purge-data", parents=[stack], help="remove the stack's data disks")
    swept = verbs.add_parser("sweep", parents=[stack], help="remove everything of a stack")
    swept.add_argument("--force", action="store_true", help="even if another project owns it")
    machine = argparse.ArgumentParser(add_help=False, parents=[on_one])
    machine.add_argument("--domain", required=True)
    verbs.add_parser("on", parents=[machine], help="start a virtual machine if it is off")
    off = verbs.add_parser("off", parents=[machine], help="shut a virtual machine down gracefully")
    off.add_argument("--address", required=True)
    off.add_argument("--emulated", action="store_true", help="it is emulated: wait longer")
    return parser


def _build(_: argparse.Namespace) -> dict[str, Any]:
    ensure_packages(IMAGE_PACKAGES)
    return {"image": ensure_built().name}


def _ready(chosen: argparse.Namespace) -> dict[str, Any]:
    ensure_daemon(chosen.uri)
    return {"uri": chosen.uri}


def _claim(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), StackSpec, STACK_CHECKS)
    claim(spec.paths, spec.owner)
    return {"claimed": spec.stack}


def _release(_: argparse.Namespace) -> dict[str, Any]:
    spec = parse_spec(sys.stdin.read(), StackSpec, STACK_CHECKS)
    require_free_or_own(spec.paths, spec.owner)
    release(spec.paths)
    return {"released": spec.stack}


def _keep_data(chosen: argparse.Namespace) -> dict[str, Any]:
    return {"stack": chosen.stack}


def _purge_data(chosen: argparse.Namespace) -> dict[str, Any]:
    purge_data_disks(Virsh(chosen.uri), chosen.stack)
    return {"purged": chosen.stack}


def _sweep(chosen: argparse.Namespace) -> dict[str, Any]:
    paths = StackPaths(stack=chosen.stack)
    require_sweepable(paths, force=chosen.force)
    virsh = Virsh(chosen.uri)
    if virsh.answers():
        sweep(virsh, chosen.stack)
    release(paths)
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
