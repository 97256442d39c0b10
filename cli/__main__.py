"""`python -m cli archive|image|plan|up|down|verify|preview|ssh|hostkeys --stack S`."""

import argparse
import json
import shutil
import sys

from blueprint.errors import ClusterError
from blueprint.hosts.ssh_keys import fingerprint
from blueprint.plan.paths import HOME
from blueprint.rocketmq.versions import DEFAULT_VERSION
from cli.commands.existing import (
    EXISTING,
    keeps_stores,
    leave_agent_alone,
    part_from_gone,
    require_usable,
)
from cli.commands.host_keys import print_host_keys
from cli.commands.lab import clear_leftovers, prepare_lab, uri_of
from cli.commands.plan import FORMATS, print_plan, print_plan_summary
from cli.commands.verify import how_to_log_in, verify
from cli.engine.engine import Engine
from cli.engine.recovery import end_leftovers, recover
from cli.engine.stack_folder import StackFolder, ensure_passphrase
from cli.errors import CommandError
from cli.processes import ask, die_with_parent, show
from cli.ssh.connection import agent_with, command_to, read_logins
from project import ROOT

INTERRUPTED = 130
ON_THIS_COMPUTER = ("nspawn", "libvirt")
"""The providers whose stacks are claimed on this computer by the clone that makes them."""


def main() -> int:
    """Run one command; an error is one line on stderr and exit status 1."""
    parser = argparse.ArgumentParser(prog="cli", description=__doc__)
    parser.add_argument("command", choices=sorted([*COMMANDS, "plan"]))
    parser.add_argument("--stack", default="local")
    parser.add_argument("--host")
    parser.add_argument("--run", default="", help="a command for the host's shell")
    for shape in FORMATS:
        parser.add_argument(f"--{shape}", dest="shape", action="store_const", const=shape)
    said = parser.parse_args()
    folder = StackFolder(stack=said.stack)
    try:
        if said.command == "plan":
            # Before anything is written: a plan only reads.
            print_plan(Engine(folder), folder, said.shape or "text")
            return 0
        ensure_passphrase()
        folder.compose_config()
        leave_agent_alone(folder)
        return COMMANDS[said.command](Engine(folder), folder, said)
    except ClusterError as error:
        sys.stdout.flush()
        sys.stderr.write(f"{said.command}: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"{said.command}: interrupted; run it again\n")
        return INTERRUPTED


def _up(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    die_with_parent()
    engine.ensure_stack()
    recover(engine, folder.stack)
    if folder.provider() in ON_THIS_COMPUTER:
        _machines("check-owner", folder, "--token", _owner_token(engine))
    if folder.provider() == "libvirt":
        clear_leftovers(folder, engine.export())
    elif folder.provider() == EXISTING:
        require_usable(engine, folder)
    status = engine.run("up", "--yes", "--skip-preview", "--suppress-outputs")
    if status:
        message = (
            f"stack {folder.stack}: the update failed; mend what it says above, run make up again"
        )
        raise CommandError(message)
    verify(engine, folder.stack, may_boot=True)
    _print_outputs(engine, folder.stack)
    return 0


def _preview(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    engine.ensure_stack()
    print_plan_summary(engine, folder)
    return engine.run("preview", "--diff")


def _down(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    die_with_parent()
    status = 0
    gone: tuple[str, ...] = ()
    stays = False
    known = engine.exists()
    if known:
        recover(engine, folder.stack)
        if folder.provider() == EXISTING:
            gone = part_from_gone(engine, folder)
            stays = keeps_stores(engine, folder)
        status = engine.run("destroy", "--yes", "--skip-preview")
    else:
        end_leftovers()
    if folder.provider() == "nspawn":
        # What a killed run made and the state does not know.
        _machines("sweep", folder)
        status = 0
    elif folder.provider() == "libvirt":
        _tool("machines.libvirt", "sweep", "--stack", folder.stack, "--uri", uri_of(folder))
        status = 0
    if status:
        message = (
            f"stack {folder.stack}: the destroy failed; mend what it says above, run it again"
        )
        raise CommandError(message)
    if known:
        engine.remove()
    shutil.rmtree(folder.folder, ignore_errors=True)
    stores = f" but message stores in {HOME}/store" if stays else ""
    there = f", except on {' and '.join(gone)}, see above" if gone else ""
    sys.stdout.write(f"stack {folder.stack}: nothing left{stores}{there}\n")
    return 0


def _archive(_engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    """Assemble the archive that the stack's settings ask for, if it is to be assembled."""
    cluster = folder.cluster()
    if cluster.get("artifact", "maven") not in ("maven", {"source": "maven"}):
        return 0
    version = str(cluster.get("version", DEFAULT_VERSION))
    return show([sys.executable, "-m", "toolchain.archive", version], folder=ROOT)


def _image(_engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    """Make ready what the stack's hosts are made from, and by: image, and hypervisor if any."""
    provider = folder.provider()
    if provider == "nspawn":
        _tool("machines", "image")
    elif provider == "libvirt":
        prepare_lab(folder, _tool)
    return 0


def _hostkeys(_engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    return print_host_keys(folder)


def _verify(engine: Engine, folder: StackFolder, _: argparse.Namespace) -> int:
    _require_stack(engine, folder)
    verify(engine, folder.stack)
    return 0


def _require_stack(engine: Engine, folder: StackFolder) -> None:
    if not engine.exists():
        message = f"stack {folder.stack}: was never made; run make up STACK={folder.stack}"
        raise CommandError(message)


def _ssh(engine: Engine, folder: StackFolder, said: argparse.Namespace) -> int:
    _require_stack(engine, folder)
    outputs = engine.outputs()
    logins = read_logins(outputs, folder.stack)
    chosen = [login for login in logins if login.host == said.host]
    if not chosen:
        names = ", ".join(login.host for login in logins)
        message = (
            f"HOST={said.host or ''}: no such host in stack {folder.stack}; there are {names}"
        )
        raise CommandError(message)
    with agent_with(outputs.get("sshPrivateKey"), logins) as ssh:
        return show([*command_to(ssh, chosen[0]), *([said.run] if said.run else [])])


def _tool(module: str, *words: str) -> None:
    """Run a module of ours that shows its progress; its one line of result is of no interest."""
    status = show([sys.executable, "-m", module, *words], folder=ROOT, quiet=True)
    if status:
        message = f"{module} {words[0]}: failed, see the line above; mend that and run again"
        raise CommandError(message)


def _machines(verb: str, folder: StackFolder, *words: str) -> None:
    command = [sys.executable, "-m", "machines", verb, "--stack", folder.stack, *words]
    done = ask(command, folder=ROOT)
    *progress, last = done.stderr.splitlines() or [""]
    sys.stderr.write("".join(f"{line}\n" for line in progress))
    if done.returncode:
        raise CommandError(last or f"machines {verb}: exit status {done.returncode}")
    sys.stderr.write(f"{last}\n" if last else "")


def _owner_token(engine: Engine) -> str:
    return fingerprint(str(engine.outputs().get("sshPublicKey", "")))


def _print_outputs(engine: Engine, stack: str) -> None:
    outputs = engine.outputs()
    for name in ("namesrvAddr", "consoleUrl", "brokers", "hosts", "ssh"):
        value = outputs.get(name)
        if isinstance(value, str):
            sys.stdout.write(f"{name}: {value}\n")
            if name == "consoleUrl":
                sys.stdout.write(f"  {how_to_log_in(outputs, stack)}\n")
        elif isinstance(value, dict):
            lines = "".join(f"  {key}: {text}\n" for key, text in value.items())
            sys.stdout.write(f"{name}:\n{lines}")
        elif value is not None:
            lines = "".join(f"  {json.dumps(item)}\n" for item in value)
            sys.stdout.write(f"{name}:\n{lines}")


COMMANDS = {
    "archive": _archive,
    "image": _image,
    "hostkeys": _hostkeys,
    "up": _up,
    "down": _down,
    "preview": _preview,
    "verify": _verify,
    "ssh": _ssh,
}

if __name__ == "__main__":
    sys.exit(main())
