"""`make up`: update the stack, then check the cluster live."""

import json
import sys
from typing import Any

from blueprint.hosts.ssh_keys import fingerprint
from cli.commands.existing import EXISTING, require_usable
from cli.commands.lab import clear_leftovers
from cli.commands.verify import how_to_log_in, verify
from cli.engine.engine import Engine
from cli.engine.recovery import recover
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.processes import die_with_parent
from cli.tools import run_machines
from system.progress import say
from toolchain.steps import UPDATE_TIMES

ON_THIS_COMPUTER = ("nspawn", "libvirt")
"""The providers whose stacks are claimed on this computer by the clone that makes them."""

SHOWN = ("namesrvAddr", "consoleUrl", "brokers", "hosts", "ssh")


def up(engine: Engine, folder: StackFolder) -> None:
    """Make the stack what its settings say, and check it live."""
    die_with_parent()
    engine.ensure_stack()
    recover(engine, folder.stack)
    provider = folder.provider()
    if provider in ON_THIS_COMPUTER:
        token = fingerprint(str(engine.outputs().get("sshPublicKey", "")))
        run_machines("check-owner", folder.stack, "--token", token)
    if provider == "libvirt":
        clear_leftovers(folder, engine.export())
    elif provider == EXISTING:
        require_usable(engine, folder)
    say(f"stack {folder.stack}: update (about {UPDATE_TIMES.get(provider or '', 'a minute')})")
    if engine.run("up", "--yes", "--skip-preview", "--suppress-outputs"):
        message = (
            f"stack {folder.stack}: the update failed; "
            f"fix the errors above, then run `make up STACK={folder.stack}` again"
        )
        raise CommandError(message)
    verify(engine, folder.stack, may_boot=True)
    outputs = engine.outputs()
    for name in SHOWN:
        if name in outputs:
            sys.stdout.write(_shown(name, outputs[name]))
            if name == "consoleUrl":
                sys.stdout.write(f"  {how_to_log_in(outputs, folder.stack)}\n")


def _shown(name: str, value: str | list[Any] | dict[str, str]) -> str:
    if isinstance(value, str):
        return f"{name}: {value}\n"
    if isinstance(value, dict):
        lines = [f"{key}: {text}" for key, text in value.items()]
    else:
        lines = [json.dumps(item) for item in value]
    return "\n  ".join([f"{name}:", *lines]) + "\n"
